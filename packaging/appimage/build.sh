#!/usr/bin/env bash
# Makes an AppImage out of a frozen app.
#
#   APPIMAGETOOL=/path/to/appimagetool packaging/appimage/build.sh FROZEN OUTPUT
#
# FROZEN is the folder that PyInstaller made, OUTPUT the file to write.  appimagetool is not fetched
# here: who runs this fetches it and checks its digest (.github/workflows/release.yml).
set -euo pipefail

frozen=$(realpath "$1")
output=$(realpath --canonicalize-missing "$2")
root=$(cd "$(dirname "$0")/../.." && pwd)
linux=$root/packaging/linux
: "${APPIMAGETOOL:?the path of appimagetool}"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
app=$work/Sotto.AppDir
mkdir -p "$app/usr/lib" "$app/usr/share/applications" "$app/usr/share/metainfo"
cp -a "$frozen" "$app/usr/lib/sotto"
# The marker says that no package manager brings newer ones (app/updates/installation.py).
echo archive >"$app/usr/lib/sotto/_internal/resources/package.txt"
cp "$linux"/*.desktop "$app/usr/share/applications/"
cp "$linux"/*.metainfo.xml "$app/usr/share/metainfo/"
cp "$linux"/*.desktop "$app/"
cp "$linux/icons/256x256.png" "$app/sotto.png"
ln -s sotto.png "$app/.DirIcon"
cat >"$app/AppRun" <<'RUN'
#!/bin/sh
exec "$(dirname "$(readlink -f "$0")")/usr/lib/sotto/sotto" "$@"
RUN
chmod +x "$app/AppRun"

# The same input gives the same file: times of all files are that of the release.
find "$app" -exec touch --no-dereference --date "@${SOURCE_DATE_EPOCH:-0}" {} +
ARCH=$(uname -m) "$APPIMAGETOOL" --no-appstream "$app" "$output"

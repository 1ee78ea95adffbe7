#!/usr/bin/env bash
# Signs Sotto.app, puts it into a disk image and has Apple notarise that.
#
#   packaging/macos/build.sh build/package/made/Sotto.app 0.2.0 dist/sotto-0.2.0-macos-arm64.dmg
#
# NATIVE           folder of llama.cpp's libraries, which go into the bundle
# SIGN_AS          name of a "Developer ID Application" certificate in the keychain; without it the
#                  bundle is signed ad hoc and whoever opens it has to allow it by hand
# NOTARY_PROFILE   a profile of `xcrun notarytool store-credentials`; without it nothing is notarised
set -euo pipefail

app=$1
version=$2
image=$3
here=$(cd "$(dirname "$0")" && pwd)

python3 "$here/bundle.py" "$app" --version "$version" --native "${NATIVE:?the folder of llama.cpp}"

# From the inside out: a signature is over those of the parts.  --deep would give all of them the
# entitlements of the program.
sign_as=${SIGN_AS:--}
sign() {
    if [ "$sign_as" = "-" ]; then
        codesign --force --sign - "$@"
    else
        codesign --force --timestamp --options runtime --sign "$sign_as" "$@"
    fi
}
find "$app/Contents" -type f \( -name '*.dylib' -o -name '*.so' \) -print0 |
    while IFS= read -r -d '' library; do sign "$library"; done
find "$app/Contents/Frameworks" -maxdepth 4 -type d -name '*.framework' -print0 |
    while IFS= read -r -d '' framework; do sign "$framework"; done
sign --entitlements "$here/entitlements.plist" "$app"
codesign --verify --strict --verbose=2 "$app"

staging=$(mktemp -d)
trap 'rm -rf "$staging"' EXIT
cp -R "$app" "$staging/"
ln -s /Applications "$staging/Applications"
hdiutil create -volname "Sotto $version" -srcfolder "$staging" -format ULFO -ov "$image"

if [ -n "${NOTARY_PROFILE:-}" ]; then
    sign "$image"
    xcrun notarytool submit "$image" --keychain-profile "$NOTARY_PROFILE" --wait
    xcrun stapler staple "$image"
    spctl --assess --type open --context context:primary-signature --verbose "$image"
fi

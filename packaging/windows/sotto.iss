; Sotto's installer for Windows, for Inno Setup 6.3 or newer.
;
;   iscc /DVersion=0.2.0 /DFrozen=build\package\dist\sotto /O dist packaging\windows\sotto.iss
;
; For one user, without an administrator.  A folder, not one file: one that unpacks itself is what
; virus scanners flag.  Signed where a sign tool named "sotto" is given:  /Ssotto="signtool … $f"

#ifndef Version
  #error Give the version: /DVersion=0.2.0
#endif
#ifndef Frozen
  #error Give the frozen app: /DFrozen=build\package\dist\sotto
#endif

[Setup]
AppId={{6F0C1B7B-4D65-4C5B-9C0B-7B5C2E3B8F11}
AppName=Sotto
AppVersion={#Version}
AppVerName=Sotto {#Version}
AppPublisher=The Sotto authors
DefaultDirName={localappdata}\Programs\Sotto
DefaultGroupName=Sotto
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
LicenseFile={#SourcePath}\..\..\LICENSE
OutputBaseFilename=sotto-{#Version}-windows-x64
Compression=lzma2/max
SolidCompression=yes
WizardStyle=modern
ChangesAssociations=yes
CloseApplications=yes
RestartApplications=no
UninstallDisplayName=Sotto
UninstallDisplayIcon={app}\sotto.exe
#ifdef Signed
SignTool=sotto
SignedUninstaller=yes
#endif

[Languages]
Name: "english"; MessagesFile: "compiler:Default.isl"
Name: "korean"; MessagesFile: "compiler:Languages\Korean.isl"

[CustomMessages]
english.Associate=Open model files (.gguf) with Sotto
korean.Associate=모델 파일(.gguf)을 Sotto로 열기

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; Flags: unchecked
Name: "associate"; Description: "{cm:Associate}"; Flags: unchecked

[InstallDelete]
; Files of the version before that this one has no more; chats and models lie elsewhere.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "{#Frozen}\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion

[Icons]
Name: "{group}\Sotto"; Filename: "{app}\sotto.exe"; AppUserModelID: "chat.sotto.Sotto"
Name: "{userdesktop}\Sotto"; Filename: "{app}\sotto.exe"; Tasks: desktopicon

[Registry]
Root: HKCU; Subkey: "Software\Classes\Sotto.Model"; ValueType: string; ValueData: "GGUF model"; Flags: uninsdeletekey; Tasks: associate
Root: HKCU; Subkey: "Software\Classes\Sotto.Model\shell\open\command"; ValueType: string; ValueData: """{app}\sotto.exe"" --model ""%1"""; Tasks: associate
Root: HKCU; Subkey: "Software\Classes\.gguf\OpenWithProgids"; ValueType: string; ValueName: "Sotto.Model"; ValueData: ""; Flags: uninsdeletevalue; Tasks: associate
Root: HKCU; Subkey: "Software\Classes\sotto"; ValueType: string; ValueData: "URL:Sotto"; Flags: uninsdeletekey
Root: HKCU; Subkey: "Software\Classes\sotto"; ValueType: string; ValueName: "URL Protocol"; ValueData: ""
Root: HKCU; Subkey: "Software\Classes\sotto\shell\open\command"; ValueType: string; ValueData: """{app}\sotto.exe"" ""%1"""

[Run]
Filename: "{app}\sotto.exe"; Description: "{cm:LaunchProgram,Sotto}"; Flags: nowait postinstall skipifsilent

; There is no [UninstallDelete] for data: chats, models and settings stay where Paths puts them
; (app/paths.py), and come back with the next installation.

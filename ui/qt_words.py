"""Qt's own words, such as those of the menu of a text field, in the user's language."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QTranslator


def speak(application: QCoreApplication, language: str) -> QTranslator:
    """Have Qt speak a language; English is what it speaks by itself.

    Args:
        application: owns the translator.
        language: "en" or "ko", as in `app.words.Words`.
    """
    translator = QTranslator(application)
    if language != "en":
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if translator.load(f"qtbase_{language}", folder):
            application.installTranslator(translator)
    return translator

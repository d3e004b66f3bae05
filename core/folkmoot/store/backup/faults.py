"""Why a file is not taken. Each is one sentence, and nothing has been changed when it is said."""

from folkmoot.spec.errors import FolkmootError


class UnusableFile(FolkmootError):
    """The file is damaged, or is not for this instance."""

    status = 422
    title = "The file cannot be used"

    def __init__(self, sentence: str) -> None:
        super().__init__(f"{sentence} Nothing was changed.")

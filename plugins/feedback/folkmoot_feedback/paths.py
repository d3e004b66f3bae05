"""The page that feedback is about: a path of this site in one form, however it was sent."""

from collections.abc import Sequence

from folkmoot.api import N_, Fault, Unprocessable
from folkmoot_feedback.models import PATH_LIMIT

NO_PAGE = N_("We do not know which page this is about. Go back to the page and send it again.")


def page_path(given: str, locales: Sequence[str]) -> str:
    """Return the path without language, query and fragment, so that each page is counted once.

    :param locales: the site's languages, the first without a prefix
    :raises Unprocessable: when it is no path of a site: another host, control characters, ``..``, or too long
    """
    path = given.partition("?")[0].partition("#")[0]
    sound = path.startswith("/") and not path.startswith("//") and "\\" not in path and len(given) <= PATH_LIMIT
    if not sound or not path.isprintable() or ".." in path.split("/"):
        raise Unprocessable([Fault("path", NO_PAGE)])
    for locale in locales[1:]:
        if path == f"/{locale}" or path.startswith(f"/{locale}/"):
            path = path[len(locale) + 1 :] or "/"
            break
    return path.rstrip("/") or "/"

"""How messages leave: to files (console), by SMTP, through GOV.UK Notify. Each is imported when it is first used."""

from folkmoot.mail.backends.choice import backend_faults, open_backend
from folkmoot.mail.backends.outcomes import Backend, NotNow, RefusedForGood

__all__ = ["Backend", "NotNow", "RefusedForGood", "backend_faults", "open_backend"]

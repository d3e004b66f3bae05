"""What the tests of templates hand to each page of the core, with values that are awkward to show."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from markupsafe import Markup

# Pages that name no site, and all those that have neither navigation nor script.
STANDALONE = {"errors/500.html", "unknown_host.html"}
BARE = {*STANDALONE, "closed.html", "personal_data_copy.html"}
CODES = ("400", "403", "404", "405", "410", "413", "429", "503")

PROBLEMS = [("email", "Enter your email address"), ("password", "Enter your password")]
BEFORE_THE_END = ("dead", "running", "queued")
FILES = ("files.html", "file.html", "file_delete.html")
THEN = datetime(2027, 3, 4, 11, 0, tzinfo=UTC)
FILE = {
    **{"id": "0198c0de", "name": "Annual <i>report</i>.pdf", "kind": "a PDF", "size": "1.2MB", "public": True},
    **{"state": "Ready", "colour": "green", "added_at": THEN, "plugin": "Consultations", "deletable": True},
    "download": "/files/0198c0de?as=download",
}
JOBS = ("admin_jobs.html", "admin_job.html", "admin_job_decision.html")
CONSOLE = [("Tasks", "/admin", False), ("Background work", "/admin/jobs", True)]


def job(state: str) -> SimpleNamespace:
    instant = datetime(2027, 3, 3, 9, 30, tzinfo=UTC)
    ended = {"finished_at": instant if state in {"done", "dead"} else None, "result": "/contact"}
    far = {"done": 2, "total": 3, "sentence": "Rows are read", "attempts": 2, "run_at": instant}
    return SimpleNamespace(id="1", state=state, error="It <failed>", created_at=instant, **far, **ended)


LONG = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch" * 2
LAST_YEAR = datetime(2026, 3, 4, 11, 0, tzinfo=UTC)
COMPLAINT = {
    **{"reference": "OCCS-7K2M", "name": "Asha <i>&</i> Siân", "contact": f"{LONG}@example.org", "language": "cy"},
    **{"received_at": LAST_YEAR, "acknowledged_at": None, "answered_at": None},
    "what_happened": f"You <b>lost</b> it & said nothing.\n\n<script>alert</script> {LONG}",
}
COMPLAINED = SimpleNamespace(**COMPLAINT)
ANSWERED = SimpleNamespace(
    **{**COMPLAINT, "name": "", "contact": "", "what_happened": "", "acknowledged_at": THEN, "answered_at": THEN}
)
WAITING = {
    **{"complaint": COMPLAINED, "state": "Not acknowledged", "colour": "orange"},
    **{"due": THEN, "days": -334, "waits": True},
}
SUBJECT = f"<asha>&{LONG}@example.org"
HELD: dict[str, Any] = {
    **{"plugin": "core", "name": "account", "title": "Accounts <b>", "why": "To & fro", "basis": "Public task <1>"},
    "held": [
        {
            "title": "Account & role",
            "key": LONG,
            "values": {"email_address": SUBJECT, "roles": ["<editor>", "owner & co"], "left": None, "said": ""},
            "files": ["uploads/<report> & plan.pdf"],
        }
    ],
}


def asked(days: int, *, closed: bool = False) -> dict[str, Any]:
    """Return a request of the log as a row shows it."""
    dates = {"received_at": LAST_YEAR, "due_at": THEN, "closed_at": THEN if closed else None}
    request = SimpleNamespace(reference=f"OCCS-{days % 7}K2M", **dates)
    return {"asked": request, "kind": "A copy <of> & more", "days": days, "open": not closed}


CONTEXTS: dict[str, dict[str, Any]] = {
    "home.html": {
        "intro": Markup('<p class="govuk-body-l">Our work</p>'),
        "blocks": [Markup('<section class="fm-block"><h2 class="fm-block__title">Open</h2></section>')],
    },
    "search.html": {
        "query": "care & support",
        "said": "care & support",
        "searched": True,
        "kind": "publications",
        "total": 1234,
        "capped": False,
        "number": 2,
        "hits": [
            {
                "title": Markup("<mark>Care</mark> homes"),
                "href": "/publications/care-homes",
                "excerpt": Markup("Rules for <mark>care</mark>"),
                "kind": "Publication",
                "part_of": "Rules & homes",
                "locale": "cy",
                "updated_at": None,
            }
        ],
        "facets": [("Everything", "/search?q=care", 1250, False), ("Publication", "/search?q=care&kind=p", 1234, True)],
        "pagination": {
            "previous": {"href": "/search?q=care"},
            "items": [
                {"number": 1, "href": "/search?q=care", "visuallyHiddenText": "Page 1", "current": False},
                {"number": 2, "href": "/search?q=care&page=2", "visuallyHiddenText": "Page 2", "current": True},
            ],
        },
    },
    "content.html": {"title": "About us", "body": Markup('<p class="govuk-body">Words</p>')},
    "accessibility_statement.html": {"tested_on": None},
    "privacy.html": {},
    "cookies.html": {},
    "contact.html": {},
    "sign_in.html": {"problems": PROBLEMS, "values": {"email": "a@b.example"}, "next": "/admin?a=1&b=2"},
    "sign_in_link.html": {},
    "account.html": {"saved": True, "problems": [("new_password", "Enter a new password")]},
    "signed_out.html": {},
    "subscriptions/new.html": {
        "topic_title": "New consultations",
        "about": "/consultations",
        "action": "/subscriptions/new/consultation:new",
        "problems": PROBLEMS[:1],
        "values": {"email": "a@b.example"},
    },
    "subscriptions/index.html": {"problems": PROBLEMS[:1], "values": {"email": "a@b.example"}},
    "subscriptions/check_your_email.html": {},
    "subscriptions/confirm.html": {"topic_title": "New consultations", "action": "/subscriptions/confirm/x"},
    "subscriptions/confirmed.html": {"topic_title": "New consultations"},
    "subscriptions/expired.html": {"topic": "consultation:new", "topic_title": "New consultations"},
    "subscriptions/link_expired.html": {},
    "subscriptions/unsubscribe.html": {"topic_title": "New consultations", "action": "/subscriptions/unsubscribe/x"},
    "subscriptions/unsubscribed.html": {"topic": "consultation:new", "topic_title": "New consultations"},
    "subscriptions/manage.html": {
        "rows": [("1", "New consultations"), ("2", "Care homes")],
        "action": "/subscriptions/manage/x",
        "stopped": True,
    },
    "mail/admin.html": {
        "console_nav": [("Tasks", "/admin", False), ("Emails", "/admin/mail", True)],
        "states": ("queued", "sent", "failed", "bounced", "suppressed"),
        "counts": {"confirm": {"sent": 1234, "failed": 1}},
        "failures": [
            SimpleNamespace(
                shown="s…@example.org",
                template="confirm",
                state="failed",
                error="Refused",
                at=datetime(2027, 3, 3, 9, 30, tzinfo=UTC),
            )
        ],
        "to_retry": 2,
        "suppressed": [
            SimpleNamespace(shown="g…@example.org", reason="Refused", created_at=datetime(2027, 3, 3, tzinfo=UTC))
        ],
        "retried": "1",
        "backend": "console",
    },
    "admin_home.html": {
        "console_nav": [("Tasks", "/admin", True), ("Feedback", "/admin/feedback", False)],
        "tasks": [
            ("Comments to read", "/admin/feedback", 3, Markup("<time>4 March 2027</time>"), "Feedback"),
            ("Drafts to check", "/admin/publication", None, None, "Publications"),
        ],
    },
    "admin_jobs.html": {
        "console_nav": CONSOLE,
        "groups": [*((state, [(job(state), "Import <rows>")], 70) for state in BEFORE_THE_END), ("done", [], 0)],
        "now": datetime(2027, 3, 3, 9, 0, tzinfo=UTC),
        "shown": 50,
    },
    "admin_job.html": {
        "console_nav": CONSOLE,
        "job": job("running"),
        "job_title": "Import <rows>",
        "state": "Running",
        "open": True,
        "updating": True,
        "seconds": 5,
        "may_decide": True,
    },
    "admin_job_decision.html": {
        "console_nav": CONSOLE,
        "job": job("dead"),
        "job_title": "Import <rows>",
        "decision": "delete",
    },
    "errors/send_again.html": {
        "action": "/account",
        "fields": [
            ("answer", "\n<b>one</b>\ntwo"),
            ("answer", "x" * 80),
            ("password", "hunter2 hunter2"),
            ("new_password", "hunter2"),
        ],
        "uploads": ["report"],
    },
    "files.html": {
        "problems": [("file", "The selected file is empty")],
        "done": "The file is saved.",
        "public": True,
        "rows": [FILE, {**FILE, "state": "Being checked for viruses", "colour": "yellow", "download": ""}],
        "next": "/admin/files?before=0198c0de",
        "used": "1.2MB",
        "quota": "5000MB",
        "largest": "50MB",
    },
    "file.html": {"file": FILE, "link": "https://a.example/files/1?signature=2", "link_until": THEN, "sentence": "No."},
    "file_delete.html": {"file": FILE},
    "file_waiting.html": {"name": "a <b>.pdf"},
    "complaint.html": {
        "problems": [
            ("contact", "Enter an <address>"),
            ("what_happened", "Enter what happened & when"),
            ("website", "We could not send this"),
        ],
        "values": {"name": COMPLAINED.name, "contact": SUBJECT, "what_happened": COMPLAINED.what_happened},
        "trap": "website",
    },
    "complaint_received.html": {"complaint": COMPLAINED, "by": THEN},
    "admin_complaints.html": {
        "rows": [
            WAITING,
            {**WAITING, "days": 12},
            {**WAITING, "complaint": ANSWERED, "state": "Answered", "colour": "green", "waits": False},
        ],
    },
    "admin_complaint.html": {**WAITING, "problems": [("", "This complaint <has> been answered & closed")]},
    "personal_data.html": {
        "problems": [("subject", "Enter an email address <or> a reference")],
        "subject": SUBJECT,
        "rows": [asked(-3), asked(0), asked(1), asked(25), asked(-400, closed=True)],
    },
    "personal_data_found.html": {"places": [HELD, {**HELD, "held": []}], "subject": SUBJECT},
    "personal_data_erase.html": {
        "goes": [("Accounts & <roles>", 1234)],
        "stays": [("Figures <b>", "They are published & name nobody")],
        "subject": SUBJECT,
        "problems": [("confirmed", "Select that you have checked <who> is asking")],
    },
    "personal_data_copy.html": {"places": [HELD], "at": "11am on 4 March 2027"},
    "personal_data_request.html": {
        **asked(-3),
        "removed": [("Accounts & <roles>", 1234), (LONG, 0)],
        "problems": [("", "This request <has> been closed & answered")],
    },
    "personal_data_request_new.html": {
        "problems": [
            ("subject", "Enter an email address <or> a reference"),
            ("kind", "Select what was asked for"),
            ("day", "Enter the day & month"),
        ],
        "values": {"subject": SUBJECT, "kind": "erasure", "day": "<32>", "month": '"&', "year": "2027"},
        "kinds": [("access", "A copy <of> & more"), ("erasure", "Erasure")],
    },
    "retention.html": {
        "rows": [("Accounts & <roles>", "2 years and 6 months", ""), (LONG, "", "Kept <for> good & all")],
        "choices": [("core.account", "Accounts & <roles>"), ('<"two">', LONG)],
        "runs": [("Accounts & <roles>", SimpleNamespace(at=THEN, before=LAST_YEAR, removed=1234))],
        "next": THEN,
        "values": {"source": '<"two">', "number": '"<many>', "unit": "months"},
        "problems": [("source", "Select <what>"), ("number", "Enter a whole number & a unit")],
    },
    "usage.html": {
        "days": 28,
        "periods": (7, 28, 84),
        "total": 1234,
        "title": "Views in each week & <day>",
        "sentence": "The value rose by 14 & <more>.",
        "chart": Markup('<svg role="img" aria-labelledby="views"><desc id="views">Views</desc></svg>'),
        "table": Markup('<table class="govuk-table"><caption>Views &amp; more</caption></table>'),
        "file": "/admin/usage.csv?days=28&all=1",
        "pages": [("/consultations?a=1&b=<2>", 1234), (f"/{LONG}", 2), ("other", 1)],
        "journeys": [
            SimpleNamespace(name='/comment/"<care>&', started=1200, finished=1001, rate=83),
            SimpleNamespace(name="other", started=0, finished=1, rate=None),
        ],
    },
    "closed.html": {"gone": False},
    "errors/500.html": {},
    "unknown_host.html": {},
    **{f"errors/{code}.html": {} for code in CODES},
}
PRIVACY = {
    *("admin_complaint.html", "admin_complaints.html", "retention.html", "usage.html", "personal_data.html"),
    *("personal_data_erase.html", "personal_data_found.html"),
    *("personal_data_request.html", "personal_data_request_new.html"),
}
SIGNED_IN = {*JOBS, *FILES, *PRIVACY, "account.html", "admin_home.html", "mail/admin.html"}
for page in PRIVACY:
    CONTEXTS[page]["console_nav"] = [("Tasks", "/admin", False), ("Privacy & <data>", "/admin/personal-data", True)]

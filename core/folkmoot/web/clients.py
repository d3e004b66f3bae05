"""Who is at the other end: the address that a request comes from, also behind a proxy that we trust."""

from folkmoot.web.request import Request


def client_address(request: Request) -> str:
    """Return the network address of the asker. It slows down who asks too often, and is kept nowhere."""
    client = request.scope.get("client")
    address = client[0] if client else ""
    trusted = request.platform.trusted_proxies
    if address not in trusted:
        return address
    # Each proxy adds whom it was asked by at the end: the last that is none of ours is the asker.
    passed_on = [each.strip() for each in request.headers.get("x-forwarded-for", "").split(",")]
    return next((each for each in reversed(passed_on) if each and each not in trusted), address)

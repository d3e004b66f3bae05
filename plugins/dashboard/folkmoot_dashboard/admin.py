"""Staff pages: datasets with all their versions, and publishing one."""

from litestar import Response

from folkmoot.api import Request, console_page, redirect
from folkmoot_dashboard import service, status


async def datasets(request: Request) -> Response[str]:
    """Show every dataset, published or not, with its versions."""
    async with request.reading() as session:
        listed = await status.list_datasets(session)
    may_publish = "dashboard.publish" in request.who.permissions
    return await console_page(request, "dashboard/admin.html", listed=listed, may_publish=may_publish)


async def publish(request: Request) -> Response[str]:
    """Publish a version, and go back to the list."""
    async with request.writing() as session:
        await service.publish_version(
            session, request.part("slug"), request.part("number"), actor=request.who.actor, now=request.now()
        )
    return redirect(request, "/admin/dashboard")

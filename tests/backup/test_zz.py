from folkmoot.audit.chain import *
from folkmoot.audit.models import AuditEntry
from sqlmodel import select, col
from comparing import *
async def test_x(start):
    i = await start()
    for owned in i.platform.registry.seeds:
        await owned.item.run(i.desk())
        async with i.desk().reading() as s:
            for e in (await s.exec(select(AuditEntry).order_by(col(AuditEntry.sequence)))).all()[:3]:
                print(e, seal("" if e.sequence==1 else b, e.sequence, e.at, e.actor, e.action, e.object_id, e.note)==e.hash); b=e.hash
        break

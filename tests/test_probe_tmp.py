import time
from tests.archive import *
from tests.walking import *
from tests.records import *
async def test_many(client, store):
    filed = make_archive(400, seed=3, days=300)
    await store(edition(), *(e.record for e in filed))
    await store(*(tag(f"t{i}",f"T{i}") for i in range(60)), *(author(f"a{i}",f"A{i}") for i in range(60)), *(label(f"l{i}",f"L{i}") for i in range(60)), *(section(f"s{i}",f"S{i}") for i in range(60)))
    await store(*(edition(f"e{i}", default=False) for i in range(8)))
    from itertools import product
    await store(*(section(f"s{i}", "x", edition=f"e{j}") for i in range(25) for j in range(8)))
    names = dict(tag=[*TAGS, *(f"t{i}" for i in range(45))], author=[*AUTHORS, *(f"a{i}" for i in range(45))], label=[*LABELS, *(f"l{i}" for i in range(45))], section=[*SECTIONS, *(f"s{i}" for i in range(45))])
    for path in ("/v1/timeline?total=true&limit=200", "/v1/articles?limit=200", "/v1/timeline/calendar?from=2026-01-01&to=2026-11-30", "/v1/timeline/2026-11-20", "/v1/articles?edition=*&section="+"&section=".join(f"s{i}" for i in range(25))):
        for n in (names, {"tag": names["tag"]}):
            if "edition=*" in path: n = {"tag": names["tag"][:22]}
            t=time.perf_counter(); r = await client.get(path + "&" * ("?" in path) + "?" * ("?" not in path) + "&".join(f"{k}={v}" for k,vs in n.items() for v in vs)); 
            print(path[:40], len(n), r.status_code, round(time.perf_counter()-t,3), r.text[:100] if r.status_code!=200 else "")
    ids=[e.id for e in filed[:100]]
    for p in ("/v1/timeline","/v1/articles","/v1/timeline/2026-11-20"):
        q="&".join(f"{k}={v}" for k,vs in names.items() for v in vs)+"&"+"&".join(f"id={i}" for i in ids)
        t=time.perf_counter(); r=await client.get(f"{p}?{q}"); print(p, "ids", r.status_code, round(time.perf_counter()-t,3), r.text[:200] if r.status_code!=200 else "")
    r=await client.get("/v1/timeline?total=true&id="+",".join(ids)+"&exclude="+",".join(e.record.slug for e in filed[:50]))
    print(r.status_code, sum(d["total"] for d in r.json()["days"]))
    r=await client.get("/v1/timeline/2026-11-20?id="+ids[0]); print(r.text[:300])

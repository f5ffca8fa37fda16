"""The first page: what the service answers, a form, and the table of the units."""

from html import escape
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from services.deps import Asked, Ready
from services.ogc import openapi
from services.ogc.describe import landing
from services.ogc.media import FIRST_PAGE, JSON
from services.pages import Page, page_response
from tzkc_geo.catalog import Catalog
from tzkc_geo.reports import units_json

router = APIRouter()

GRADES = {
    "located": "已定位 located",
    "closed": "面积闭合 closed",
    "schematic": "示意 schematic",
}
CHECKS = {
    "consistent": "一致 consistent",
    "inconsistent": "不一致 inconsistent",
    "not_checkable": "不可检核 not checkable",
}
STYLE = """
body { font: 15px/1.5 "Noto Sans CJK SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei",
  sans-serif; margin: 0 auto; max-width: 1000px; padding: 16px; color: #222; }
h1 { font-size: 24px; margin: 8px 0; } h2 { font-size: 18px; margin: 28px 0 8px; }
.note { color: #8a1c00; font-weight: bold; } .scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 14px; } td, th { padding: 4px 8px; text-align: left;
  border-bottom: 1px solid #ddd; } td.n, th.n { text-align: right; white-space: nowrap; }
form { display: flex; flex-wrap: wrap; gap: 12px; align-items: end; }
label { display: grid; } input, select, button { font: inherit; padding: 4px 8px; }
#answer { margin-top: 12px; padding: 10px 14px; border-left: 4px solid #004c78;
  background: #f2f6fa; } #answer:empty { display: none; } #answer.bad { border-color: #8a1c00; }
code { background: #eee; padding: 1px 4px; }
"""
SCRIPT = """
const form = document.querySelector("form"), answer = document.getElementById("answer");
const verdicts = {
  in_cluster: "组团内 in a cluster", zone_only: "仅片区内 in a zone only",
  corridor_only: "仅走廊内 in the corridor only", outside: "走廊外 outside the corridor",
  undecided: "待定 undecided: nearer to an edge than it is known",
};
const relations = {inside: "内 inside", edge: "边上 on the edge", outside: "外 outside"};
const metres = value => value === null ? "–" : Math.abs(value) < 10000 ?
  `${Math.abs(value).toFixed(0)} m` : `${(Math.abs(value) / 1000).toFixed(1)} km`;
function add(tag, text, parent = answer) {
  const item = document.createElement(tag);
  item.textContent = text;
  parent.append(item);
  return item;
}
function show(data) {
  const unit = id => data.units.find(row => row.unit_id === id);
  const name = id => id === null ? "无 none" : `${id} ${unit(id).name_zh}`;
  add("b", verdicts[data.verdict]);
  const likely = data.verdict === "undecided" ? "最可能的 most probable " : "";
  add("div", `${likely}组团 cluster: ${name(data.cluster)}; 片区 zone: ${name(data.zone)}`);
  const used = data.datum.used + (data.datum.declared === null ? "（未声明 undeclared）" : "");
  add("div", `坐标基准 datum: ${used}; EPSG:4490 ${data.position.lon.toFixed(6)}, ` +
    data.position.lat.toFixed(6));
  for (const other of data.datum.alternatives)
    add("div", `若为 if ${other.datum}: ${verdicts[other.verdict]} ${name(other.cluster)}`);
  const near = data.units.filter(row => row.distance_m !== null).sort((a, b) =>
    Math.abs(a.distance_m) - Math.abs(b.distance_m)).slice(0, 6);
  const table = add("table", ""), head = add("tr", "", table);
  for (const text of ["单元 unit", "关系 relation", "距离 distance", "最近边 nearest edge",
    "σ", "概率 probability"]) add("th", text, head);
  for (const row of near) {
    const line = add("tr", "", table);
    for (const text of [`${row.unit_id} ${row.name_zh}`, relations[row.relation],
      metres(row.distance_m), row.edge ?? "–",
      row.sigma_m === null ? "带宽 band" : `${row.sigma_m.toFixed(0)} m`,
      `${(100 * row.probability).toFixed(1)} %`]) add("td", text, line);
  }
  for (const stop of data.plan.stations)
    add("div", `最近 nearest ${stop.line}: ${stop.name_zh} ${stop.name_en}, ` +
      `${metres(stop.distance_m)} 直线 straight line`);
  if (data.plan.build_out_zh) add("div", `建设时序 build-out: ${data.plan.build_out_zh}`);
}
form.addEventListener("submit", async event => {
  event.preventDefault();
  const query = new URLSearchParams(new FormData(form));
  if (!query.get("datum")) query.delete("datum");
  answer.replaceChildren();
  try {
    const reply = await fetch(`locate?${query}`), data = await reply.json();
    answer.className = reply.ok ? "" : "bad";
    if (reply.ok) show(data); else add("b", data.detail);
  } catch (error) {
    answer.className = "bad";
    add("b", `服务无应答 no answer: ${error.message}`);
  }
});
"""
TOP = """
<h1>台州湾科创走廊 <small>Taizhou Bay sci-tech corridor</small></h1>
<p class="note">「示意图，非法定边界」 Schematic, not a legal boundary</p>
<p><a href="maps/overview">总览图</a> · <a href="maps/overview?lang=en">Overview map</a></p>
<h2>定位 Locate</h2>
<form action="locate">
<label>经度（横坐标）lon <input name="lon" value="121.45" required></label>
<label>纬度（纵坐标）lat <input name="lat" value="28.645" required></label>
<label>坐标基准 datum <select name="datum"><option value="">未声明 undeclared (WGS84)</option>
<option value="wgs84">WGS84</option><option value="cgcs2000">CGCS2000</option>
<option value="gcj02">GCJ-02 高德、腾讯</option><option value="bd09">BD-09 百度</option>
<option value="gk40">EPSG:4528 3°带 40（米）</option>
<option value="gk41">EPSG:4529 3°带 41（米）</option>
<option value="gk120">EPSG:4549 CM 120°E（米）</option>
<option value="gk123">EPSG:4550 CM 123°E（米）</option></select>
</label><button>查询 Locate</button></form>
<div id="answer" class="scroll" aria-live="polite"></div>
<h2>接口 Endpoints</h2>
<ul>
<li><a href="units"><code>GET /units</code></a> 19 个单元 all units (JSON)</li>
<li><a href="locate?lon=121.45&amp;lat=28.645"><code>GET /locate?lon=&amp;lat=&amp;datum=</code></a>
归属与依据 membership with grounds (JSON)</li>
<li><code>POST /locate</code> 批量：JSON、GeoJSON、CSV、XLSX、界址点 TXT points, parcels, files</li>
<li><a href="units/c01"><code>GET /units/{id}</code></a> 单元详情
one unit with its grounds (JSON)</li>
<li><a href="audit?f=html"><code>GET /audit</code></a> 规划数据审计 the plan's figures, checked
(JSON, HTML, XLSX)</li>
<li><a href="adjacency"><code>GET /adjacency</code></a> 单元邻接
who borders whom (JSON, GeoJSON)</li>
<li><a href="reach?lon=121.45&amp;lat=28.645&amp;minutes=15"><code>GET /reach</code></a> 可达范围
what is reached within some minutes (JSON, GeoJSON)</li>
<li><a href="route?from=c01&amp;to=c04"><code>GET /route</code></a> 出行路径
the fastest way (JSON)</li>
<li><a href="quality?f=html"><code>GET /quality</code></a> 数据质量 validity, audit, provenance, age
(HTML, JSON)</li>
<li><a href="maps/overview"><code>GET /maps/overview?lang=zh|en</code></a> 总览图 map (HTML)</li>
<li><a href="health"><code>GET /health</code></a> 运行状态 state (JSON)</li>
<li><a href="collections?f=html"><code>GET /collections</code></a> 要素集合 features
(OGC API Features: GeoJSON, CSV, GeoPackage, GeoParquet, CQL2)</li>
<li><a href="conformance?f=html"><code>GET /conformance</code></a> 符合性类 conformance classes</li>
<li><a href="?f=json"><code>GET /?f=json</code></a> OGC API 首页 landing page (JSON)</li>
<li><a href="api?f=html"><code>GET /api</code></a> 接口说明 documentation (OpenAPI 3.0)</li>
<li><a href="openapi.json"><code>GET /openapi.json</code></a> OpenAPI</li>
</ul>
"""
HEAD = (
    '<tr><th></th><th>单元 unit</th><th class="n">规划面积<br>reported km²</th>'
    '<th class="n">椭球面积<br>measured km²</th><th class="n">95% 区间<br>interval km²</th>'
    '<th class="n">不计自身面积<br>leave-one-out km²</th><th>等级 grade</th>'
    "<th>面积判定 area check</th></tr>"
)


@router.get(
    "/",
    response_class=Response,
    responses=openapi.answers(openapi.LANDING, FIRST_PAGE),
    openapi_extra={"parameters": [openapi.f_parameter(FIRST_PAGE)]},
)
async def home(world: Ready, ask: Asked) -> Response:
    """Return the first page, which works offline; as JSON the landing page of OGC API."""
    ask.check(("f",))
    if ask.format(FIRST_PAGE) is JSON:
        return JSONResponse(landing(ask))
    return page_response(world.once("home", _page))


def _page(catalog: Catalog) -> Page:
    """Return the first page."""
    rows = "".join(_row(unit) for unit in units_json(catalog)["units"])
    return Page(
        '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="icon" href="data:,">'
        f"<title>台州湾科创走廊 tzkc_geo</title><style>{STYLE}</style></head><body>{TOP}"
        f'<h2>单元 Units</h2><div class="scroll"><table>{HEAD}{rows}</table></div>'
        f"<p><small>内容摘要 digest {catalog.digest[:12]} · ODbL 1.0 · 含 OpenStreetMap "
        "贡献者的数据 contains data of OpenStreetMap contributors</small></p>"
        f"<script>{SCRIPT}</script></body></html>"
    )


def _row(unit: dict[str, Any]) -> str:
    """Return one unit as a row of the table."""
    area, sigma = unit["area_km2"], unit["area_sigma_km2"]
    interval = "–"
    if area is not None and sigma is not None:
        interval = f"{max(area - 1.96 * sigma, 0.0):.2f} – {area + 1.96 * sigma:.2f}"
    numbers = (
        escape(unit["reported_area_km2"]),
        _km2(area),
        interval,
        _km2(unit["leave_one_out_km2"]),
    )
    return (
        f"<tr><td>{escape(unit['unit_id'])}</td>"
        f"<td>{escape(unit['name_zh'])}<br><small>{escape(unit['name_en'])}</small></td>"
        + "".join(f'<td class="n">{text}</td>' for text in numbers)
        + f"<td>{GRADES[unit['grade']]}</td><td>{CHECKS[unit['verdict']]}</td></tr>"
    )


def _km2(value: float | None) -> str:
    """Return an area for the table."""
    return "–" if value is None else f"{value:.2f}"

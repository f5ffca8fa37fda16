"""Style and script of a map page, and the work that makes it one file without addresses."""

from __future__ import annotations

import re
from itertools import count

from tzkc_geo.io.assets import leaflet

CSS = """
html, body { margin: 0; height: 100%; }
body, .leaflet-container {
  font: 13px/1.4 "Noto Sans CJK SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif;
}
.leaflet-container { background: #f4f2ec; color: #222; }
#legend {
  position: absolute; z-index: 900; left: 10px; top: 10px; width: 290px; overflow: auto;
  max-height: calc(100% - 60px); box-sizing: border-box; padding: 8px 12px; background: #fffffff2;
  border-radius: 6px; box-shadow: 0 1px 5px #0006;
}
#legend:not([open]) { width: auto; }
#legend summary { cursor: pointer; font-size: 15px; }
#legend h2 { font-size: 13px; margin: 10px 0 4px; border-top: 1px solid #ccc; padding-top: 6px; }
#legend .note { margin: 6px 0; font-weight: bold; color: #8a1c00; }
#legend .row { display: flex; gap: 8px; margin: 4px 0; }
#legend svg { flex: none; }
#legend .other, #legend em, #legend .small { color: #555; font-size: 11px; font-style: normal; }
#legend ol { list-style: none; margin: 0 0 4px; padding: 0; }
#legend li { display: flex; gap: 6px; align-items: baseline; margin: 2px 0 2px 6px; }
#legend .zone { font-weight: bold; margin-top: 4px; }
#legend .swatch {
  display: inline-block; width: 14px; height: 10px; border: 2px solid; margin-right: 6px;
}
#legend .sign { display: inline-flex; align-items: center; margin-right: 8px; }
.badge {
  flex: none; box-sizing: border-box; min-width: 20px; height: 20px; border-radius: 10px;
  display: inline-block; border: 1px solid #fff; color: #fff; text-align: center;
  font: bold 12px/18px sans-serif;
}
.line-label {
  display: inline-block; white-space: nowrap; transform: translate(-50%, -50%); font-size: 11px;
  padding: 0 3px; border-radius: 3px; background: #ffffffd9; color: #111;
}
.leaflet-tooltip { white-space: normal; width: max-content; max-width: 320px; }
.leaflet-control-zoom { margin-bottom: 24px !important; }
"""

# Badges never hide: one that would lie on another steps aside. Names hide where there is no room.
SCRIPT = """
(function () {
  const map = __MAP__, layers = [__LAYERS__], bounds = __BOUNDS__, wide = innerWidth > 800;
  const panel = document.getElementById("legend");
  if (!wide) panel.open = false;
  map.attributionControl.setPrefix(false).addAttribution(__CREDIT__);
  L.control.scale({imperial: false}).addTo(map);
  map.zoomControl.setPosition("bottomright");
  const meets = (a, b) =>
    a.left < b.right + 2 && b.left < a.right + 2 && a.top < b.bottom + 2 && b.top < a.bottom + 2;
  const steps = [[0, 0]];
  for (const r of [14, 24, 36, 50]) for (let k = 0; k < 8; k++)
    steps.push([r * Math.cos(k * Math.PI / 4), r * Math.sin(k * Math.PI / 4)]);
  function arrange() {
    const show = map.getZoom() >= 13, dots = document.querySelectorAll("path.dot");
    const taken = Array.from(dots, dot => dot.getBoundingClientRect());
    for (const mark of document.querySelectorAll(".leaflet-marker-pane .badge")) {
      for (const [x, y] of steps) {
        mark.style.transform = `translate(${x}px, ${y}px)`;
        if (!taken.some(other => meets(other, mark.getBoundingClientRect()))) break;
      }
      taken.push(mark.getBoundingClientRect());
    }
    for (const name of document.querySelectorAll(".line-label")) {
      name.style.visibility = "hidden";
      const box = name.getBoundingClientRect();
      if (!show || taken.some(other => meets(other, box))) continue;
      name.style.visibility = "visible";
      taken.push(box);
    }
  }
  function order() {
    for (const layer of layers) if (map.hasLayer(layer)) layer.bringToFront();
    arrange();
  }
  map.on("zoomend moveend", arrange).on("overlayadd", order);
  const left = wide ? 310 : 20, right = wide ? 190 : 20;
  map.fitBounds(bounds, {
    animate: false, paddingTopLeft: [left, 20], paddingBottomRight: [right, 40],
  });
  order();
})();
"""
ICON = '<link rel="icon" href="data:,">'  # none, so that a browser does not ask for one
ID = re.compile(r"(?<=_)[0-9a-f]{32}(?![0-9a-f])")


def finish(page: str, *, title: str, lang: str, legend: str, script: str) -> str:
    """Return a page of folium as one file that fetches nothing and is the same every time.

    Folium draws its names at random; they are numbered here in the order in which they appear.
    """
    numbers = count(1)
    names: dict[str, str] = {}
    page = ID.sub(lambda m: names.setdefault(m[0], f"{next(numbers)}"), page)
    script = ID.sub(lambda m: names[m[0]], script)
    css, js = leaflet()
    head = f"<head>\n<title>{title}</title>\n{ICON}\n<style>{css}</style>\n<script>{js}</script>"
    page = page.replace("<html>", f'<html lang="{lang}">', 1).replace("<head>", head, 1)
    page = page.replace("</head>", f"<style>{CSS}</style>\n</head>", 1)
    page = page.replace("</body>", f"{legend}\n</body>", 1)
    before, _, after = page.rpartition("</html>")
    return f"{before}<script>{script}</script>\n</html>{after}"

// The curve: uPlot over the drawn one, in UTC and 24 hours, dragging zooms lanes and curve together.
function draw() {
  var box = byId("curve");
  if (!box || !data.curve || typeof uPlot === "undefined") { return; }
  var step = data.curve.bucket_seconds, start = data.curve.start / 1000, times = [], colour = getComputedStyle(document.body);
  for (var place = 0; place < data.curve.total.length; place++) { times.push(start + (place + 0.5) * step); }
  var bad = colour.getPropertyValue("--bad").trim(), total = colour.getPropertyValue("--total").trim();
  if (plot) { plot.destroy(); }
  plot = new uPlot({
    width: box.clientWidth, height: box.clientHeight, padding: [0, 0, 0, 0], legend: { show: false },
    tzDate: function (at) { return uPlot.tzDate(new Date(at * 1e3), "Etc/UTC"); },
    cursor: { drag: { x: true, y: false, setScale: false }, y: false, points: { show: false },
      bind: { dblclick: function () { return function () { show(data.shown[0], data.shown[1]); }; } } },
    scales: { x: { time: true, min: shown[0] / 1000, max: shown[1] / 1000 },
      failed: { range: function (u, low, high) { return [0, high * 4 >= most(u) ? most(u) : roundUp(high || 1)]; } },
      total: { range: function (u) { return [0, most(u)]; } } },
    axes: [{ show: false }, { show: false, scale: "failed" }, { show: false, scale: "total" }],
    series: [{}, { scale: "total", stroke: total, width: 1, points: { show: false } },
      { scale: "failed", stroke: bad, fill: bad + "66", width: 1, points: { show: false } }],
    hooks: {
      setCursor: [function (u) {
        var at = u.cursor.idx, out = byId("readout");
        out.textContent = at === null || at === undefined ? "" :
          " \u2014 " + clock(times[at] * 1000, true) + ": " + data.curve.failed[at] + " of " + data.curve.total[at] + " failed";
      }],
      setSelect: [function (u) {
        if (u.select.width > 4) {
          var low = u.posToVal(u.select.left, "x") * 1000, high = u.posToVal(u.select.left + u.select.width, "x") * 1000;
          u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
          show(low, high);
        }
      }],
      setScale: [function (u, key) { if (key !== "x") { label(u); } }]
    }
  }, [times, data.curve.total, data.curve.failed], box);
  byId("static-curve").style.display = "none";
  label(plot);
}
// The top of the axis of all requests in view; failures share it while they reach a quarter of its height.
function most(u) {
  var span = u.series[0].idxs || [0, data.curve.total.length - 1], top = 1;
  for (var at = span[0]; at <= span[1]; at++) { top = Math.max(top, data.curve.total[at]); }
  return roundUp(top);
}
// As views/svg.py rounds: the drawn picture and this one have the same axes.
function roundUp(value) {
  var digits = [2, 4, 6, 8, 10, 12, 16];
  for (var scale = 1; ; scale *= 10) {
    var fits = digits.find(function (digit) { return value <= digit * scale; });
    if (fits) { return fits * scale; }
  }
}
function label(u) {
  [["yl", "failed"], ["yr", "total"]].forEach(function (side) {
    var top = u.scales[side[1]].max;
    if (top) { for (var place = 0; place < 3; place++) { byId(side[0] + place).textContent = (top * place / 2).toLocaleString("en-US"); } }
  });
}

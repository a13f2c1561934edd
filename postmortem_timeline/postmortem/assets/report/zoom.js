// Zoom: lanes, marks, windows and curve share one range.
function percent(at) { return 100 * (at - shown[0]) / (shown[1] - shown[0]); }
// What lies nearer than `apart` pixels goes to different levels, so that nothing covers another.
function level(reach, left, right, most) {
  for (var at = 0; at < reach.length; at++) { if (left >= reach[at]) { reach[at] = right; return at; } }
  if (reach.length < most) { reach.push(right); return reach.length - 1; }
  var least = reach.indexOf(Math.min.apply(null, reach));
  reach[least] = right;
  return least;
}
var tags = entries.map(function (button) { return byId("g" + button.dataset.row); });
// Words stand inside a wide bar, else between an entry and the next one of its level; none where there is no room.
function shared(end) { return 100 - end >= 14 ? end + (100 - end) / 2 : end; }
function words(drawn) {
  drawn.forEach(function (one, place) {
    var before = 0, next = null, from = one.right, to = 100, bar = one.right - one.left >= 12;
    drawn.forEach(function (other, later) {
      if (other.lane !== one.lane || other.level !== one.level) { return; }
      if (other.left < one.left) { before = Math.max(before, other.right); }
      if ((other.left > one.left || (other.left === one.left && later > place)) && (!next || other.left < next.left)) { next = other; }
    });
    if (bar) { from = one.left; to = one.right; }
    else if (one.after) { from = shared(before); }
    else if (next) { to = next.after && next.left > one.left ? shared(from) : next.left; }
    one.tag.className = "tag" + (bar ? " bar" : "") + (one.before ? " before" : "") + (one.after ? " after" : "") +
      (one.button.classList.contains("off") ? " off" : "");
    one.tag.style.display = to - from < Math.max(7, 6400 / (byId("ticks").clientWidth || 1)) ? "none" : "block";
    one.tag.style.left = from + "%"; one.tag.style.width = to - from + "%"; one.tag.style.top = one.button.style.top;
  });
}
function place() {
  var drawn = [], reach = {}, width = byId("ticks").clientWidth || 1;
  entries.forEach(function (button, number) {
    var time = data.rows[button.dataset.row], low = percent(time[0]), high = time[1] ? percent(time[1]) : low;
    var left = Math.min(Math.max(low, 0), 100), right = Math.min(Math.max(high, left), 100), lane = button.parentNode;
    var taken = reach[lane.id] = reach[lane.id] || [], outside = high < 0 || low > 100;
    button.classList.toggle("before", high < 0);
    button.classList.toggle("after", low > 100);
    button.classList.toggle("span", right - left > 0);
    button.style.left = left + "%";
    button.style.width = right - left > 0 ? right - left + "%" : outside ? "0" : "16px";  // the style sheet holds the first
    var line = level(taken, left, right + (outside ? 100 : 24) / width * 100, outside ? 12 : 6);
    button.style.top = line * LEVEL + 3 + "px";
    drawn.push({ button: button, tag: tags[number], lane: lane, level: line, left: left, right: right,
      before: high < 0, after: low > 100 });
  });
  words(drawn);
  Object.keys(reach).forEach(function (id) {
    byId(id).style.height = byId(id.replace("lane-", "name-")).style.height = reach[id].length * LEVEL + 6 + "px";
  });
  var lines = [];
  data.marks.forEach(function (at, number) {
    var left = percent(at), seen = left >= 0 && left <= 100, label = byId("ml" + number);
    [byId("m" + number), label].forEach(function (node) { node.style.left = left + "%"; node.style.display = seen ? "" : "none"; });
    if (seen) { label.style.top = level(lines, left, left + (label.offsetWidth + 6) / width * 100, 12) * 17 + "px"; }
  });
  all(".labels").forEach(function (box) { box.style.height = lines.length * 17 + 3 + "px"; });
  data.windows.forEach(function (window, number) {
    var low = Math.max(percent(window[0]), 0), high = Math.min(percent(window[1]), 100), node = byId("w" + number);
    node.style.left = low + "%"; node.style.width = Math.max(high - low, 0) + "%";
  });
  ticks();
}

var STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];
function ticks() {
  var line = byId("ticks"), room = Math.max(3, Math.floor(line.clientWidth / 110)), span = (shown[1] - shown[0]) / 1000;
  var step = (STEPS.find(function (step) { return span / step <= room; }) || 86400 * Math.ceil(span / 86400 / room)) * 1000;
  var nodes = [];
  var shift = east(shown[0]) * 60000, last = day(shown[0]), many = last !== day(shown[1]);
  for (var at = Math.ceil((shown[0] + shift) / step) * step - shift; at <= shown[1]; at += step) {
    var fresh = many && (!nodes.length || day(at) !== last), node = element("span");
    last = day(at);
    node.textContent = (fresh ? last + " " : "") + clock(at, step < 60000); node.style.left = percent(at) + "%"; nodes.push(node);
  }
  line.replaceChildren.apply(line, nodes);
}

function show(low, high) {
  var least = 10000, wide = Math.max(high - low, least);
  low = Math.max(full[0], Math.min(low, full[1] - wide)); high = Math.min(full[1], low + wide);
  shown = [low, high];
  place();
  if (plot) { plot.setScale("x", { min: low / 1000, max: high / 1000 }); }
}
// However fast the wheel turns or the mouse drags, once a frame is enough.
var wanted = null;
function soon(low, high) {
  if (!wanted) { requestAnimationFrame(function () { var range = wanted; wanted = null; show(range[0], range[1]); }); }
  wanted = [low, high];
}
function zoom(factor) {
  var middle = (shown[0] + shown[1]) / 2, half = (shown[1] - shown[0]) * factor / 2;
  show(middle - half, middle + half);
}
function pan(part) { var step = (shown[1] - shown[0]) * part; show(shown[0] + step, shown[1] + step); }
byId("zoom-in").addEventListener("click", function () { zoom(0.5); });
byId("zoom-out").addEventListener("click", function () { zoom(2); });
byId("zoom-all").addEventListener("click", function () { show(full[0], full[1]); });
byId("zoom-incident").addEventListener("click", function () { show(data.shown[0], data.shown[1]); });
// Around `at`, so that what is under the pointer stays there.
function zoomAt(at, factor) {
  var range = wanted || shown;
  soon(at - (at - range[0]) * factor, at + (range[1] - at) * factor);
}
function under(event) {
  var box = byId("ticks").getBoundingClientRect();
  return shown[0] + (shown[1] - shown[0]) * Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1);
}
// The wheel alone scrolls the page; with Ctrl (a pinch on a trackpad) it zooms, with Shift or sideways it moves.
chart.addEventListener("wheel", function (event) {
  var sideways = event.shiftKey ? event.deltaY || event.deltaX : Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : 0;
  if (event.ctrlKey) { zoomAt(under(event), Math.exp(Math.max(-1, Math.min(event.deltaY / 200, 1)))); event.preventDefault(); }
  else if (sideways && chart.scrollWidth <= chart.clientWidth) { var by = (shown[1] - shown[0]) * sideways / 1000; soon(shown[0] + by, shown[1] + by); event.preventDefault(); }
}, { passive: false });
// The lanes follow a mouse that drags them; a finger scrolls, as it does everywhere.
var held = null, lanes = chart.querySelector(".lanes");
lanes.addEventListener("pointerdown", function (event) {
  if (event.pointerType === "mouse" && event.button === 0 && !event.target.closest(".entry")) {
    held = { x: event.clientX, low: shown[0], high: shown[1] };
    lanes.setPointerCapture(event.pointerId); event.preventDefault(); chart.focus({ preventScroll: true });
  }
});
lanes.addEventListener("pointermove", function (event) {
  if (!held) { return; }
  var moved = (held.x - event.clientX) / (byId("ticks").clientWidth || 1) * (held.high - held.low);
  soon(held.low + moved, held.high + moved);
});
["pointerup", "pointercancel"].forEach(function (name) { lanes.addEventListener(name, function () { held = null; }); });
chart.addEventListener("keydown", function (event) {
  var call = { "+": function () { zoom(0.5); }, "=": function () { zoom(0.5); }, "-": function () { zoom(2); },
    "0": function () { show(data.shown[0], data.shown[1]); },
    ArrowLeft: function () { pan(-0.2); }, ArrowRight: function () { pan(0.2); } }[event.key];
  if (call && !event.ctrlKey && !event.metaKey && !event.altKey) { call(); event.preventDefault(); }
});
byId("tools").hidden = false; byId("keys").hidden = false;

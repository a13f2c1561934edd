"use strict";
// Enhances a page that is complete without it: entries open their evidence, the curve zooms, rows are searched.
(function () {
  var data = JSON.parse(document.getElementById("data").textContent);
  var LEVEL = 21;  // pixels between two levels of a lane, as in the style sheet
  var byId = function (id) { return document.getElementById(id); };
  var each = function (list, call) { Array.prototype.forEach.call(list, call); };
  var shown = data.shown.slice(), full = extent(), chart = byId("chart"), plot = null;

  function extent() {
    var low = data.shown[0], high = data.shown[1];
    if (data.curve) {
      low = Math.min(low, data.curve.start);
      high = Math.max(high, data.curve.start + data.curve.total.length * data.curve.bucket_seconds * 1000);
    }
    data.rows.forEach(function (row) {
      if (row[0] !== null) { low = Math.min(low, row[0]); high = Math.max(high, row[1] || row[0]); }
    });
    var pad = (high - low) / 50;
    return [low - pad, high + pad];
  }

  // Entries: one opens its evidence in the panel beneath the chart.
  var panel = byId("panel"), chosen = null;
  function open(button) {
    if (chosen) { chosen.setAttribute("aria-expanded", "false"); }
    if (chosen === button || !button) { chosen = null; panel.hidden = true; return; }
    chosen = button;
    button.setAttribute("aria-expanded", "true");
    var row = byId("r" + button.dataset.row), title = document.createElement("h3"), close = document.createElement("button");
    var summary = row.querySelector("summary");
    title.textContent = summary.querySelector(".time").textContent + "  " + summary.querySelector(".what").textContent;
    close.type = "button"; close.className = "close"; close.textContent = "\u00d7"; close.setAttribute("aria-label", "Close");
    close.addEventListener("click", function () { var last = chosen; open(null); if (last) { last.focus(); } });
    panel.className = "panel " + row.dataset.lane;
    panel.replaceChildren(close, title, row.querySelector(".evidence").cloneNode(true));
    copyable(panel);
    panel.hidden = false;
    panel.scrollIntoView({ block: "nearest" });
  }
  var entries = Array.prototype.slice.call(document.querySelectorAll(".entry"));
  entries.sort(function (a, b) { return a.dataset.row - b.dataset.row; });
  entries.forEach(function (button, place) {
    button.addEventListener("click", function () { open(button); });
    button.addEventListener("keydown", function (event) {
      var step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
      var next = step && entries[place + step];
      if (next) { next.focus(); event.preventDefault(); event.stopPropagation(); }
      if (event.key === "Escape") { open(null); }
    });
  });

  // A footnote leads to its row; the row opens.
  each(document.querySelectorAll("a.cite"), function (link) {
    link.addEventListener("click", function () { byId(link.getAttribute("href").slice(1)).open = true; });
  });

  function copyable(root) {
    if (!navigator.clipboard) { return; }
    each(root.querySelectorAll(".place"), function (place) {
      if (place.nextElementSibling && place.nextElementSibling.className === "copy") { place.nextElementSibling.remove(); }
      var button = document.createElement("button");
      button.type = "button"; button.className = "copy"; button.textContent = "copy";
      button.setAttribute("aria-label", "Copy the citation");
      button.addEventListener("click", function () {
        navigator.clipboard.writeText(place.textContent).then(
          function () { button.textContent = "copied"; }, function () { button.textContent = "not allowed"; });
      });
      place.after(button);
    });
  }

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
    drawn.forEach(function (one) {
      var before = 0, next = null, from = one.right, to = 100, bar = one.right - one.left >= 12;
      drawn.forEach(function (other) {
        if (other.lane !== one.lane || other.level !== one.level) { return; }
        if (other.left < one.left) { before = Math.max(before, other.right); }
        if (other.left > one.left && (!next || other.left < next.left)) { next = other; }
      });
      if (bar) { from = one.left; to = one.right; }
      else if (one.after) { from = shared(before); }
      else if (next) { to = next.after ? shared(from) : next.left; }
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
      button.style.width = right - left > 0 ? right - left + "%" : "";
      var line = level(taken, left, right + (outside ? 100 : 24) / width * 100, outside ? 12 : 4);
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
    each(document.querySelectorAll(".labels"), function (box) { box.style.height = lines.length * 17 + 3 + "px"; });
    data.windows.forEach(function (window, number) {
      var low = Math.max(percent(window[0]), 0), high = Math.min(percent(window[1]), 100), node = byId("w" + number);
      node.style.left = low + "%"; node.style.width = Math.max(high - low, 0) + "%";
    });
    ticks();
  }

  var STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];
  function two(number) { return (number < 10 ? "0" : "") + number; }
  function clock(at, seconds) {
    var date = new Date(at);
    return two(date.getUTCHours()) + ":" + two(date.getUTCMinutes()) + (seconds ? ":" + two(date.getUTCSeconds()) : "");
  }
  function ticks() {
    var line = byId("ticks"), room = Math.max(3, Math.floor(line.clientWidth / 110)), span = (shown[1] - shown[0]) / 1000;
    var step = (STEPS.find(function (step) { return span / step <= room; }) || 86400 * Math.ceil(span / 86400 / room)) * 1000;
    var nodes = [];
    for (var at = Math.ceil(shown[0] / step) * step; at <= shown[1]; at += step) {
      var node = document.createElement("span");
      node.textContent = clock(at, step < 60000); node.style.left = percent(at) + "%"; nodes.push(node);
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
  function zoom(factor) {
    var middle = (shown[0] + shown[1]) / 2, half = (shown[1] - shown[0]) * factor / 2;
    show(middle - half, middle + half);
  }
  function pan(part) { var step = (shown[1] - shown[0]) * part; show(shown[0] + step, shown[1] + step); }
  byId("zoom-in").addEventListener("click", function () { zoom(0.5); });
  byId("zoom-out").addEventListener("click", function () { zoom(2); });
  byId("zoom-all").addEventListener("click", function () { show(full[0], full[1]); });
  byId("zoom-incident").addEventListener("click", function () { show(data.shown[0], data.shown[1]); });
  chart.addEventListener("keydown", function (event) {
    var call = { "+": function () { zoom(0.5); }, "=": function () { zoom(0.5); }, "-": function () { zoom(2); },
      "0": function () { show(data.shown[0], data.shown[1]); },
      ArrowLeft: function () { pan(-0.2); }, ArrowRight: function () { pan(0.2); } }[event.key];
    if (call && !event.ctrlKey && !event.metaKey && !event.altKey) { call(); event.preventDefault(); }
  });
  byId("tools").hidden = false;

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
      cursor: { drag: { x: true, y: false, setScale: false }, y: false, points: { show: false } },
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
  function roundUp(value) {
    for (var scale = 1; ; scale *= 10) {
      for (var digit = 2; digit <= 8; digit += 2) { if (value <= digit * scale) { return digit * scale; } }
    }
  }
  function label(u) {
    [["yl", "failed"], ["yr", "total"]].forEach(function (side) {
      var top = u.scales[side[1]].max;
      if (top) { for (var place = 0; place < 3; place++) { byId(side[0] + place).textContent = (top * place / 2).toLocaleString("en-US"); } }
    });
  }

  // Rows: search and filters by lane, in the list and in the chart.
  var find = byId("find"), boxes = byId("filters").querySelectorAll("input");
  function filter() {
    var words = find.value.toLowerCase(), lanes = {};
    each(boxes, function (box) { lanes[box.value] = box.checked; });
    each(document.querySelectorAll(".row"), function (row) {
      var off = !lanes[row.dataset.lane] || (words !== "" && row.textContent.toLowerCase().indexOf(words) < 0);
      row.classList.toggle("off", off);
      var entry = byId("e" + row.id.slice(1));
      if (entry) { entry.classList.toggle("off", off); byId("g" + row.id.slice(1)).classList.toggle("off", off); }
    });
  }
  find.addEventListener("input", filter);
  each(boxes, function (box) { box.addEventListener("change", filter); });
  byId("search").hidden = false; byId("filters").hidden = false;

  // On paper every row's evidence would be pages of log lines; what a reader opened stays open.
  copyable(byId("rows"));
  draw(); place();
  var waiting = 0;
  addEventListener("resize", function () {
    clearTimeout(waiting);
    waiting = setTimeout(function () { draw(); place(); }, 100);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}());

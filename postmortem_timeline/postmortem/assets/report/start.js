// Enhances a page that is complete without it: entries open their evidence, the picture zooms, rows are searched.
var data = JSON.parse(document.getElementById("data").textContent);
var LEVEL = 21;  // pixels between two levels of a lane, as in the style sheet
var byId = function (id) { return document.getElementById(id); };
var all = function (selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); };
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

function element(name, className, text) {
  var node = document.createElement(name);
  if (className) { node.className = className; }
  if (text !== undefined) { node.textContent = text; }
  return node;
}

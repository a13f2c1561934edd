// Times: UTC as the page was written, or the reader's own zone; and how far from the start of the impact.
var MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
var local = false;
function two(number) { return (number < 10 ? "0" : "") + number; }
// The minutes of the zone in use east of UTC, at that moment: a summer time may end within the picture.
function east(at) { return local ? -new Date(at).getTimezoneOffset() : 0; }
function inZone(at) { return new Date(at + east(at) * 60000); }
function clock(at, seconds) {
  var date = inZone(at);
  return two(date.getUTCHours()) + ":" + two(date.getUTCMinutes()) + (seconds ? ":" + two(date.getUTCSeconds()) : "");
}
function day(at) { var date = inZone(at); return MONTHS[date.getUTCMonth()] + " " + date.getUTCDate(); }
function offset(at) {
  var minutes = east(at), size = Math.abs(minutes);
  return "UTC" + (minutes < 0 ? "\u2212" : "+") + Math.floor(size / 60) + (size % 60 ? ":" + two(size % 60) : "");
}
function span(seconds) {
  var units = [[86400, "d", 3600, "h"], [3600, "h", 60, "min"], [60, "min", 1, "s"]];
  for (var place = 0; place < units.length; place++) {
    var unit = units[place], rest = Math.floor(seconds % unit[0] / unit[2]);
    if (seconds >= unit[0]) { return Math.floor(seconds / unit[0]) + " " + unit[1] + (rest ? " " + rest + " " + unit[3] : ""); }
  }
  return Math.floor(seconds) + " s";
}
// `T+5 min 52 s`, counted from the first failed request.
function since(at) {
  if (data.zero === null) { return ""; }
  var seconds = Math.floor(Math.abs(at - data.zero) / 1000);
  return "T" + (seconds && at < data.zero ? "\u2212" : "+") + span(seconds);
}

var stamps = all("time").map(function (node) {
  var at = Date.parse(node.getAttribute("datetime"));
  node.title = node.getAttribute("datetime") + (data.zero === null ? "" : ", " + since(at));
  return { node: node, at: at, utc: node.textContent, dated: /[A-Z]/.test(node.textContent),
    seconds: /:\d\d:/.test(node.textContent) };
});
function inLocalTime(stamp) {
  var moved = inZone(stamp.at).getUTCDate() !== new Date(stamp.at).getUTCDate();
  return (stamp.dated || moved ? day(stamp.at) + " " : "") + clock(stamp.at, stamp.seconds);
}
function zoned(on) {
  local = on;
  stamps.forEach(function (stamp) { stamp.node.textContent = local ? inLocalTime(stamp) : stamp.utc; });
  byId("zone").setAttribute("aria-pressed", String(local));
  var name = Intl.DateTimeFormat().resolvedOptions().timeZone || "local time";
  byId("zone-name").textContent = local ? name + " (" + offset(shown[0]) + "), sentences in UTC" : "UTC";
}
byId("zone").addEventListener("click", function () { open(null); zoned(!local); place(); });

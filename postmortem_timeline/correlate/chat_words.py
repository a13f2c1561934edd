"""The words by which people in an incident take it, decide, act, claim, report: one list of patterns a meaning."""

from __future__ import annotations


def either(*patterns: str) -> str:
    """A pattern that matches where one of `patterns` does."""
    return "(?:" + "|".join(patterns) + ")"


DONE = either(
    "roll(?:ed|ing)[ -]?back", "revert(?:ed|ing)", "re-?start(?:ed|ing)", "reboot(?:ed|ing)", "fail(?:ed|ing)[ -]over",
    "scal(?:ed|ing) (?:up|out|down)", "rotat(?:ed|ing)", "renew(?:ed|ing)", "disabl(?:ed|ing)",
    "(?:re-?)?deploy(?:ed|ing)",
    "drain(?:ed|ing)", "purg(?:ed|ing)", "flush(?:ed|ing)", "kill(?:ed|ing)", "block(?:ed|ing)", "re-?rout(?:ed|ing)",
    "switch(?:ed|ing) (?:off|on|back|over|to)", "turn(?:ed|ing) (?:off|on)", "flipp(?:ed|ing)", "hotfix(?:ed|ing)",
    "patch(?:ed|ing)", "bump(?:ed|ing)", "rais(?:ed|ing)", "increas(?:ed|ing)", "reload(?:ed|ing)", "pushed", "merged",
    "applied", r"started (?:it|the|\S+ again)",
)  # fmt: skip
DO = either(
    "roll(?:ing)?[ -]?back", "revert", "re-?start", "reboot", "fail[ -]?over", "scale (?:up|out|down)", "rotate",
    "renew",
    "disable", "(?:re-?)?deploy", "drain", "purge", "flush", "kill", "block", "re-?route",
    "switch (?:off|on|back|over|to)",
    "turn (?:off|on|it)", "flip", "hotfix", "patch", "bump", "raise", "increase", "reload", "push", "merge", "apply",
    "start (?:it|the)", "stop (?:it|the)",
)  # fmt: skip
# A commit, a release, a person's name before it: what was done to cause it, not what is done about it.
CULPRIT = either("commit", "change", "pr", "merge", "config", "flag", "migration", "update", "upgrade", "release")
DID = either("turned", "switched", "disabled", "enabled", "removed", "dropped", "flipped", "raised", "lowered",
             "increased", "reduced", "bumped", "changed", "broke", "introduced", "renamed", "deleted")  # fmt: skip
STEP = either("rollback", "roll back", "restart", "deploy(?:ment)?", "failover", "revert", "fix", "hotfix", "renewal",
              "patch", "rotation", "change")  # fmt: skip
GOES = either(
    "start(?:ed|ing)", "done", "completed?", "finished", "in progress", "is (?:out|live|in)", "(?:roll|go)ing out"
)
WELL = either("stopped", "gone", "dropp(?:ed|ing)", "down", "falling", r"subsid\w+", "clear(?:ed|ing)", "normal")
USERS = either("users?", "customers?", "clients?", "people", "merchants?", "shoppers?", "partners?", "visitors?",
               "members?", "tenants?")  # fmt: skip
CANNOT = either(
    "can ?not", "can'?t", "couldn'?t", "unable to", "not able to", "fail(?:ing|s)? to", "ha(?:ve|ving) trouble"
)
TECHNICAL = either(
    "errors?", r"[45]\d\d", "timeouts?", "(?:web)?site", "logins?", "log ?in", "sign ?in", "api", "apps?", "pages?",
    "checkout",
    "payments?", "orders?", "service", "gateway", "database", "db", "server", "latency", "traffic", "requests?",
    "queue",
    r"deploy\w*", "release", "outage", "alerts?", "portal", "dashboard", "search", "cart", "upload", "graphs?",
    "logs", "pods?",
    "host", "node", "cluster", r"connection\w*", "certificate", "token",
)  # fmt: skip
SAY = either("say(?:s|ing)?", "see(?:s|ing)?", "get(?:s|ting)?", "tell(?:s|ing)?", "has", "have", "having")
MAIL = either("reports?", "complaints?", "tickets?", "calls", "e-?mails?")
ANYBODY = either("i", "we", "someone", "anybody", "nobody", "anyone", "they")
TROUBLE = either(r"errors?", r"[45]\d\d", "5xx", "timeouts?", "fail(?:s|ed|ing|ures?)?", "problems?", "issues?",
                 "trouble", "down", "broken", "slow", "stuck", "unavailable", "blank", "logged out", "not work(?:ing)?",
                 CANNOT)  # fmt: skip
PRODUCT = either("(?:web)?site", "logins?", "log ?in", "sign ?in", "api", "apps?", "pages?", "checkout", "payments?",
                 "orders?", "portal", "search", "cart", "uploads?", "service", "shop", "store")  # fmt: skip
BROKEN = either("down", "broken", "slow", "failing", "unavailable", "erroring", "timing out",
                "not (?:working|loading|responding)")  # fmt: skip
VERBS = either("log", "sign", "pay", "check", "load", "access", "open", "reach", "order", "connect", "use", "buy",
               "see", "get", "place", "submit")  # fmt: skip
TAKE = either("take", "taking", "have", "got", "grab(?:bing|bed)?", "own(?:ing)?")
LEAD = either("incident command", "incident", "ic", "command", "page", "pager", "alert", "point", "lead")
ENDED = either("resolved", "closed", "over", "done")

# A sentence has every meaning of which a pattern is found in it; the order is that of weight.
RULES: dict[str, str] = {
    "action_item": either(r"^\W*(?:action items?|to-?do|follow[- ]?ups?|ai)\s*[:\-]", r"\baction item\b"),
    "resolution": either(
        rf"\b(?:calling|marking|declaring|setting|considering) (?:it|this|the incident)? ?(?:as )?{ENDED}\b",
        # "resolved, thanks" but not "resolved to 10.0.0.1"
        r"^\W*(?:(?:the )?(?:incident|issue|outage)(?: #?\S+)? (?:is |has been |now )*)?(?:fully |now )*resolved\b"
        r"(?! (?:to|the|a|from|in|by|at)\b)",
        r"\b(?:this|it|incident|issue|outage|everything|problem)(?:'s| is| has been| was)(?: now| fully| all)* "
        r"(?:resolved|closed|over)\b",
        r"\ball[ -]clear\b", r"\bclosing (?:the |this )?(?:incident|out|it)\b", r"\bstand(?:ing)? down\b",
    ),
    "decision": either(
        r"\bdecision\s*[:\-]", r"\b(?:decided|agreed) (?:to|on)\b",
        rf"\b(?:let'?s|we'?ll|we will|we(?:'re| are) going to|i'?ll|i will|going to|gonna|plan is to) (?:now )?{DO}\b",
        rf"^\W*(?:please |go ahead and ){DO}\b", r"\bgo(?:ing)? ahead with\b",
    ),
    "action": either(
        rf"\b{DONE}\b", r"^\W*done\b",
        rf"\b{STEP}\b.{{0,25}}\b{GOES}\b",
    ),
    "mitigation": either(
        r"\bback to normal\b", r"\bmitigated\b", r"\brecover(?:ed|ing)\b", r"\bwe(?:'re| are) back\b",
        r"\b(?:is|are) back(?: up| online)?\b", r"\bback (?:up|online)\b", r"\bsucceed(?:s|ing)? again\b",
        rf"\b(?:errors?|error rate|5xx|failures|latency|timeouts)\b.{{0,30}}\b{WELL}\b",
        r"\blooks? (?:good|healthy|stable|fine|ok(?:ay)?|better|clean)\b",
        r"\b(?:working|healthy|green|stable|up) again\b",
        r"\bgraphs? (?:look|are|is) (?:good|fine|normal|green)\b",
    ),
    "declares": either(
        r"\bdeclar(?:e|es|ed|ing)\b.{0,25}\b(?:incident|sev|outage|major|p[0-4])",
        r"\b(?:open|start|creat|rais)(?:ing|e?d) an? (?:\w+ )?incident\b", r"\btaking incident command\b",
        r"\bincident (?:\S+ )?(?:declared|opened|created|started)\b",
        r"\bthis is (?:now )?an? (?:sev|p|major|incident|outage)",
    ),
    "acknowledges": either(
        r"\bi(?:'m| am| m) on (?:it|this|that|the page)\b", r"^\W*on (?:it|this)\b",
        r"^\W*(?:ack|acked|acking|acknowledged|mine)\b", rf"\b{TAKE} (?:the |this |that |over |as )*{LEAD}\b",
        rf"\b{TAKE} (?:it|this|that|this one|that one|over)(?= ?(?:$|[,.!;:)-]|and\b|now\b|from here))",
        r"\b(?:i am|i'?m|acting as) (?:the )?(?:ic|incident commander|incident lead)\b", r"\bic here\b",
        r"\bi'?ll handle\b", r"\bhandling (?:it|this)\b",
    ),
    "escalates": either(
        r"\bescalat(?:e|es|ed|ing)\b", r"\bpag(?:ing|ed) (?:@|the|in\b|\w+ on-?call)",
        r"\b(?:pull|loop|call|bring)ing in\b"
    ),
    "report": either(
        rf"\b{USERS}\b.{{0,40}}\b(?:report(?:s|ed|ing)?|complain(?:s|ed|ing)?|locked out|{CANNOT})\b",
        rf"\b(?:{USERS}|support)\b.{{0,40}}\b{SAY}\b.{{0,40}}\b{TROUBLE}\b",
        rf"\b{MAIL}\b.{{0,30}}\bfrom\b.{{0,30}}\b{USERS}\b", rf"\b{MAIL}\b (?:of|about|that)\b.{{0,60}}\b{TROUBLE}\b",
        rf"\b{MAIL}\b (?:are )?coming in\b", rf"\bsupport\b.{{0,40}}\b(?:{MAIL}|flooded)\b",
        rf"\b{ANYBODY}\b.{{0,12}}\b{CANNOT}\s+(?:\w+ ){{0,2}}(?:log ?in|sign ?in|check ?out|pay|order)\b",
        rf"\b{ANYBODY}\b.{{0,12}}\b{CANNOT}\s+(?:\w+ ){{0,2}}{VERBS}\b.{{0,30}}\b{PRODUCT}\b",
        rf"\b(?:is|are)\b.{{0,25}}\b{PRODUCT}\b.{{0,15}}\b{BROKEN}\b",
        rf"\b{PRODUCT}\b.{{0,12}}\b(?:is|are|seems?|appears?|looks?|keeps?)\b.{{0,15}}\b{BROKEN}\b",
        rf"\b(?:anyone|anybody|just me)\b.{{0,17}}\b(?:seeing|having|getting|noticing)\b.{{0,40}}\b{TROUBLE}\b",
        r"\b(?:i'?m|i am|we'?re|we are) (?:getting|seeing)\b.{0,20}\b(?:5\d\d|5xx|errors?|timeouts?)",
    ),
    "identifies": either(
        r"\broot cause\b", r"\bcaused by\b", r"\bthe (?:cause|culprit|problem|issue) (?:is|was)\b", r"\bculprit\b",
        r"\bfound (?:it|the (?:cause|problem|issue|bug))\b", r"\bturns out\b", r"\bnot running(?: at all)?\b",
        r"\b(?:has|have|is|are|was|had)(?: just)? expired\b", r"\bbecause (?:of|the)\b", r"\bbroke (?:it|this|the)\b",
        rf"\b{CULPRIT}\b(?: \S+)? {DID}\b",
    ),
    "observation": either(
        rf"\b(?:see|seeing|seen|logs? (?:are|is)|full of|getting|spik\w+|climb\w+)\b.{{0,60}}(?:\b{TECHNICAL}\b|`)",
        rf"\b{TECHNICAL}\b.{{0,30}}\b(?:spik\w+|fail\w*|elevated|climb\w+|high|refus\w+|expired|full|exhausted|dead|unreachable)\b",
    ),
    "looks": either(
        r"^\W*(?:looking|checking|investigating|digging)\b",
        r"\b(?:i'?m|i am|i'?ll|will|let me|we'?re) (?:look|check|investigat|dig|take a look|have a look)\w*",
    ),
}  # fmt: skip

# Before a claim, these make it a condition, a wish or a question; close before it, a negation; or it lies ahead.
HEDGE = either(
    "once", "when", "until", "till", "if", "unless", "as soon as", "whether", "hopefully", "maybe", "perhaps",
    "might", "could",
    "should", "would", "who", "anyone", "anybody", "somebody", "can (?:someone|you)",
)  # fmt: skip
NEGATION = either("not", "(?:is|are|was|has|have|do|did|wo)n'?t", "never", "nothing")
AHEAD = either("(?:will|to|shall) be", "will (?:resolve|recover|clear)")
ASKS = either(TECHNICAL, r"chang\w+", "went out", r"roll\w*", "incident", "status")

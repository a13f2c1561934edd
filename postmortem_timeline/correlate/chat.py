"""What a chat message means for the incident: who takes it, what is decided, done, claimed, reported; the rest is talk."""

from __future__ import annotations

import re
from dataclasses import dataclass

MEANINGS = (
    "action_item", "resolution", "mitigation", "decision", "action", "declares", "acknowledges", "escalates",
    "report", "identifies", "observation", "question", "looks", "small_talk",
)  # fmt: skip

ACTIVITY = (
    r"roll(?:ing|ed)?[ -]?back|rollback|revert(?:ing|ed)?|restart(?:ing|ed)?|reboot(?:ing|ed)?|fail(?:ing|ed)?[ -]?over|"
    r"failover|scal(?:e|ing|ed) (?:up|out|down)|rotat(?:e|ing|ed)|renew(?:ing|ed)?|disabl(?:e|ing|ed)|redeploy(?:ing|ed)?|"
    r"deploy(?:ing|ed)?|drain(?:ing|ed)?|purg(?:e|ing|ed)|flush(?:ing|ed)?|kill(?:ing|ed)?|block(?:ing|ed)?|"
    r"rerout(?:e|ing|ed)|switch(?:ing|ed)? (?:off|on|back|over|to)|turn(?:ing|ed)? (?:off|on|it)|flip(?:ping|ped)?|"
    r"hotfix(?:ing|ed)?|patch(?:ing|ed)?|bump(?:ing|ed)?|rais(?:e|ing|ed)|increas(?:e|ing|ed)|reload(?:ing|ed)?|"
    r"start(?:ing|ed)? (?:it|the|\S+ again)|stop(?:ping|ped)? (?:it|the)|push(?:ing|ed)|merg(?:ing|ed)|appl(?:y|ying|ied)"
)
DONE = (
    r"rolled[ -]?back|rolling[ -]?back|revert(?:ing|ed)|restart(?:ing|ed)|reboot(?:ing|ed)|failed[ -]over|failing[ -]over|"
    r"scal(?:ing|ed) (?:up|out|down)|rotat(?:ing|ed)|renew(?:ing|ed)|disabl(?:ing|ed)|re-?deploy(?:ing|ed)|drain(?:ing|ed)|"
    r"purg(?:ing|ed)|flush(?:ing|ed)|kill(?:ing|ed)|block(?:ing|ed)|rerout(?:ing|ed)|switch(?:ing|ed) (?:off|on|back|over|to)|"
    r"turn(?:ing|ed) (?:off|on)|flipp(?:ing|ed)|hotfixed|patch(?:ing|ed)|bump(?:ing|ed)|rais(?:ing|ed)|increas(?:ing|ed)|"
    r"reload(?:ing|ed)|deploy(?:ing|ed)|started (?:it|the|\S+ again)|pushed|merged|applied"
)
TAKE = r"(?:take|taking|have|got|grab|grabbing|grabbed|own|owning)"
USERS = r"(?:users?|customers?|clients?|people|merchants?|shoppers?|partners?|visitors?|members?|tenants?)"
CANNOT = r"(?:can ?no?t|can'?t|cannot|couldn'?t|unable to|not able to|fail(?:ing|s)? to|have trouble|having trouble)"
TECHNICAL = (
    r"(?:error|errors|5\d\d|4\d\d|timeout|timeouts|site|website|login|logins|log ?in|sign ?in|api|apps?|page|pages|checkout|"
    r"payments?|orders?|service|gateway|database|db|server|latency|traffic|requests?|queue|deploy\w*|release|outage|alerts?|"
    r"portal|dashboard|search|cart|upload|graphs?|logs|pods?|host|node|cluster|connection\w*|certificate|token)"
)

# In order: a sentence takes the first meaning that fits. `(?!...)` keeps wishes, doubts and negations out.
RULES: tuple[tuple[str, str], ...] = (
    ("action_item", r"^\W*(?:action items?|to-?do|follow[- ]?ups?|ai)\s*[:\-]|\baction item\b"),
    (
        "resolution",
        r"\b(?:calling|marking|declaring|setting|consider(?:ing)?) (?:it|this|the incident|incident)? ?(?:as )?(?:resolved|closed|over|done)\b"
        r"|^\W*(?:(?:the )?(?:incident|issue|outage)(?: #?\S+)? (?:is |has been |now )*)?(?:fully |now )*resolved\b(?! (?:to|the|a|from|in|by|at)\b)"
        r"|\b(?:this|it|incident|issue|outage|everything|problem)(?:'s| is| has been| was)(?: now| fully| all)* (?:resolved|closed|over)\b"
        r"|\ball[ -]clear\b|\bclosing (?:the |this )?(?:incident|out|it)\b|\bstand(?:ing)? down\b",
    ),
    (
        "mitigation",
        r"\bback to normal\b|\bmitigated\b|\brecover(?:ed|ing)\b|\bwe(?:'re| are) back\b|\b(?:is|are) back(?: up| online)?\b"
        r"|\b(?:errors?|error rate|5xx|failures|latency|timeouts)\b.{0,30}\b(?:stopped|gone|dropp(?:ing|ed)|down|falling|subsid\w+|clear(?:ed|ing)|normal)\b"
        r"|\blooks? (?:good|healthy|stable|fine|ok(?:ay)?|better|clean)\b|\b(?:working|healthy|green|stable|up) again\b"
        r"|\bgraphs? (?:look|are|is) (?:good|fine|normal|green)\b|\bback (?:up|online)\b|\bsucceed(?:s|ing)? again\b",
    ),
    (
        "decision",
        r"\bdecision\s*[:\-]|\b(?:we |i )?(?:decided|agreed) (?:to|on)\b"
        rf"|\b(?:let'?s|lets|we'?ll|we will|we(?:'re| are) going to|i'?ll|i will|going to|gonna|plan is to)\s+(?:now )?(?:{ACTIVITY})\b"
        rf"|^\W*(?:please |go ahead and )(?:{ACTIVITY})\b|\bgo(?:ing)? ahead with\b",
    ),
    (
        "action",
        rf"\b(?:{DONE})\b|\b(?:rollback|roll back|restart|deploy(?:ment)?|failover|revert|fix|hotfix|renewal|rotation|patch|change)\b"
        r".{0,25}\b(?:start(?:ed|ing)|done|complete[d]?|finished|in progress|running|is (?:out|live|in)|rolling out|going out|merged|deployed)\b"
        r"|^\W*done\b",
    ),
    (
        "declares",
        r"\bdeclar(?:e|es|ed|ing)\b.{0,25}\b(?:incident|sev|outage|major|p[0-4])|\b(?:opening|opened|starting|started|creating|raising) an? (?:\w+ )?incident\b"
        r"|\bincident (?:\S+ )?(?:declared|opened|created|started)\b|\bthis is (?:now )?an? (?:sev|p|major|incident|outage)|\btaking incident command\b",
    ),
    (
        "acknowledges",
        r"\bi(?:'m| am| m)\s+on (?:it|this|that|the page)\b|^\W*on (?:it|this)\b|^\W*(?:ack|acked|acking|acknowledged|mine)\b"
        rf"|\b{TAKE} (?:the |this |that |over |as )*(?:incident command|incident|ic|command|page|pager|alert|point|lead)\b"
        rf"|\b{TAKE} (?:it|this|that|this one|that one|over)(?= ?(?:$|[,.!;:)-]|and\b|now\b|from here))"
        r"|\b(?:i am|i'?m|acting as) (?:the )?(?:ic|incident commander|incident lead)\b|\bic here\b|\bi'?ll handle\b|\bhandling (?:it|this)\b",
    ),
    ("escalates", r"\bescalat(?:e|es|ed|ing)\b|\bpag(?:ing|ed) (?:@|the|in\b|\w+ on-?call)|\b(?:pulling|looping|calling|bringing) in\b"),
    (
        "report",
        rf"\b{USERS}\b.{{0,40}}\b(?:report\w*|complain\w*|say(?:s|ing)?|see(?:s|ing)?|gett?ing|get|{CANNOT}|affected|locked out|tell\w*)\b"
        rf"|\b(?:reports?|complaints?|tickets?|calls|emails?)\b.{{0,30}}\b(?:from|of|that|coming in|about)\b.{{0,60}}\b(?:{USERS}|{TECHNICAL})\b"
        rf"|\bsupport\b.{{0,40}}\b(?:tickets?|reports?|calls|complaints?|says|asking|flooded)\b"
        rf"|\b(?:i|we|someone|anybody|nobody|anyone|they)\b.{{0,12}}\b{CANNOT}\s+(?:\w+ ){{0,2}}(?:log|sign|pay|check|load|access|open|reach|order|connect|use|buy|see|get|place|submit)"
        rf"|\b(?:is|are)\b.{{0,25}}\b{TECHNICAL}\b.{{0,15}}\b(?:down|broken|slow|failing|unavailable)\b"
        rf"|\b{TECHNICAL}\b.{{0,12}}\b(?:is|are|seems?|appears?|looks?|keeps?)\b.{{0,15}}\b(?:down|broken|slow|failing|unavailable|erroring|not (?:working|loading|responding)|timing out)\b"
        rf"|\b(?:anyone|anybody|just me|someone) (?:else )?.{{0,12}}\b(?:seeing|having|getting|notic\w+)\b.{{0,40}}\b{TECHNICAL}\b"
        rf"|\b(?:i'?m|i am|we'?re|we are) (?:getting|seeing)\b.{{0,20}}\b(?:5\d\d|errors?|timeouts?)",
    ),
    (
        "identifies",
        r"\broot cause\b|\bcaused by\b|\bthe (?:cause|culprit|problem|issue) (?:is|was)\b|\bculprit\b|\bfound (?:it|the (?:cause|problem|issue|bug))\b"
        r"|\bturns out\b|\bnot running(?: at all)?\b|\b(?:has|have|is|are|was|had)(?: just)? expired\b|\bbecause (?:of|the)\b|\bbroke (?:it|this|the)\b",
    ),
    (
        "observation",
        rf"\b(?:see|seeing|seen|logs? (?:are|is)|full of|getting|spik\w+|climb\w+|increas\w+)\b.{{0,60}}(?:\b{TECHNICAL}\b|`)"
        rf"|\b{TECHNICAL}\b.{{0,30}}\b(?:spik\w+|fail\w*|elevated|climb\w+|high|refus\w+|expired|full|exhausted|down|dead|unreachable)\b",
    ),
    ("looks", r"^\W*(?:looking|checking|investigating|digging)\b|\b(?:i'?m|i am|i'?ll|will|let me|we'?re)\s+(?:look|check|investigat|dig|take a look|have a look)\w*"),
)  # fmt: skip
COMPILED = tuple((meaning, re.compile(pattern, re.IGNORECASE)) for meaning, pattern in RULES)

# These claim that something is so; a question, a wish, a condition or a negation does not.
CLAIMS = frozenset(("resolution", "mitigation", "action", "acknowledges", "looks", "declares", "identifies", "decision"))
HEDGE = re.compile(
    r"\b(?:once|when|until|till|if|unless|as soon as|whether|hopefully|maybe|perhaps|might|could|should|would|who|anyone|"
    r"anybody|somebody|can (?:someone|you))\b", re.IGNORECASE
)
NEGATION = re.compile(
    r"\b(?:not|isn'?t|aren'?t|wasn'?t|hasn'?t|haven'?t|never|don'?t|didn'?t|won'?t|nothing)\b(?! (?:running|working|sure why))", re.IGNORECASE
)
FUTURE = re.compile(r"\b(?:will|to|shall) be\b|\bwill (?:resolve|recover|clear)\b", re.IGNORECASE)
CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
QUOTE = re.compile(r"^\s*(?:>|&gt;).*$", re.MULTILINE)
SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")


@dataclass(frozen=True)
class Said:
    """What one message means: `meaning` is the weightiest of `meanings`; a small talker's message has only that."""

    meaning: str
    meanings: tuple[str, ...]


def said(text: str) -> Said:
    """What a chat message means, sentence by sentence, by words that people use in incidents.

    Questions, conditions, wishes and negations claim nothing: "is it resolved?", "once it is back to normal", "not
    mitigated yet". Quoted lines and code are evidence that people show, not what they say.
    """
    plain = CODE.sub(" ` ", QUOTE.sub(" ", text)).replace("’", "'")
    if "`" in plain and not re.search(r"\w", plain):
        return Said("observation", ("observation",))  # nothing but evidence, shown
    found = {meaning for sentence in SENTENCE.split(plain) for meaning in _sentence(sentence.strip())}
    ordered = tuple(meaning for meaning in MEANINGS if meaning in found)
    useful = ordered if ordered == ("small_talk",) else tuple(m for m in ordered if m != "small_talk")
    return Said(useful[0], useful) if useful else Said("small_talk", ("small_talk",))


def _sentence(sentence: str) -> list[str]:
    if not sentence:
        return []
    asks = sentence.endswith("?")
    found = []
    for meaning, pattern in COMPILED:
        match = pattern.search(sentence)
        if match and not (meaning in CLAIMS and (asks or _unreal(sentence, match))):
            found.append(meaning)
        if found and meaning in ("action_item", "resolution", "decision"):
            break
    if asks and "report" not in found:
        return ["question"] if re.search(rf"\b(?:{TECHNICAL}|chang\w+|went out|roll\w*|incident|status)\b", sentence, re.IGNORECASE) else ["small_talk"]
    return found or ["small_talk"]


def _unreal(sentence: str, match: re.Match[str]) -> bool:
    """Whether the claim is conditional, wished, future or negated: such a word before it, or inside it."""
    before = sentence[: match.end()]
    near = sentence[max(0, match.start() - 30) : match.end()]
    return bool(HEDGE.search(before) or NEGATION.search(near) or FUTURE.search(near))

"""The words by which a report tells that harm begins, is noticed, is taken, is understood, ends; and what is only planned."""

from __future__ import annotations

import re

from postmortem_timeline.correlate.chat_words import TROUBLE, either

# Who notices without being a machine.
PEOPLE = either(
    r"(?:end[- ]?)?users?",
    "customers?",
    "clients?",
    "support(?: team| desk)?",
    "service ?desk",
    "help ?desk",
    "colleagues?",
    "developers?",
    "engineers?",
    "teams?",
    "someone",
    "somebody",
    "people",
    "partners?",
    "merchants?",
    "we",
    "stakeholders?",
    "business",
    "tenants?",
    "operators?",
    "consultants?",
    "product owners?",
    "staff",
    "employees?",
    "members?",
    "vendors?",
    "responder(?: \\d+)?",
    "brugere?",
    "kunder?",
    "kolleg(?:a|er)",
    "udviklere?",
)
BEGIN = either(
    "starts?",
    "started",
    "starting",
    "begins?",
    "began",
    "beginning",
    "commence[sd]?",
    "onset",
    "starter",
    "begynder",
    "opstår",
)
FAIL = either(
    "fail(?:s|ed|ing|ures?)?",
    "errors?",
    "erroring",
    "crash(?:es|ed|ing)?",
    "crash[- ]?loop\\w*",
    "tim(?:e|ed|es|ing)[- ]?outs?",
    "timeouts?",
    "time(?:d|s)? out",
    "down",
    "unavailable",
    "unreachable",
    "unresponsive",
    "not (?:available|reachable|responding|working|accessible|running|able)",
    "inaccessible",
    "degrad(?:ed|ation|es|ing)",
    "outage",
    "downtime",
    "disruptions?",
    "interrupt(?:ed|ion)s?",
    "offline",
    "rejected",
    "refus(?:ed|ing|es)",
    "stuck",
    "broken",
    "breaks?",
    "broke",
    "unhealthy",
    r"(?:http )?5\d\d(?:s|'s)?\b",
    "5xx",
    "404s?",
    "40[13]s?",
    "exhaust(?:ed|ion|s)?",
    "saturat(?:ed|ion|es)",
    "OOM\\w*",
    "out of (?:memory|disk|space)",
    "no space left",
    "full",
    "slow(?:ness|er|ed)?",
    "latency",
    "backlog",
    "lag(?:s|ging)?",
    "missing",
    "lost",
    "loss",
    "corrupt\\w*",
    "killed",
    "evicted",
    "expired",
    "stop(?:s|ped)? (?:work|process|respond|receiv|sending|consum|serving|accept|synchron|updat|deliver)\\w*",
    "(?:can ?not|can'?t|couldn'?t|unable to|no longer)",
    "blocked",
    "dropp(?:ed|ing)",
    "denied",
    "unauthori[sz]ed",
    "not found",
    "fejl(?:er|ede)?",
    "nede",
    "utilgængelig",
    "virker ikke",
    "langsom",
    "(?:does|do|did)(?: not|n'?t) (?:work|respond|start|come)\\w*",
    "deleted",
    "destroyed",
    "disappear\\w*",
    "impact(?:ed|s)?",
    "disconnect\\w*",
    "deadlock\\w*",
    "hang(?:s|ing)?",
    "hung",
    "frozen",
    "spik(?:e|es|ed|ing)",
    "overload\\w*",
    "NotReady",
    "not ready",
    "failover",
    "panics?",
)
WHOLE = either(
    "services?",
    "systems?",
    "applications?",
    "apps?",
    "sites?",
    "websites?",
    "platform",
    "clusters?",
    "nodes?",
    "pods?",
    "api'?s?",
    "traffic",
    "connectivity",
    "functionality",
    "operations?",
    "access",
    "everything",
    "things?",
    "environment",
    "database",
    "production",
    "performance",
    "logins?",
    "requests?",
    "deployments?",
    "pipelines?",
    "components?",
    "ingress(?:es)?",
    "endpoints?",
    "instances?",
    "servers?",
    "queues?",
    "jobs?",
    "messages?",
    "customers?",
    "users?",
    "consumers?",
    "workloads?",
    "all",
    "metrics?",
    "rates?",
    "latency",
    "it",
    "response times?",
    "checkout",
    "payments?",
    "topics?",
    "brokers?",
    "gateway",
    "processing",
    "dashboards?",
    "load",
)
NORMAL = either(
    "normal(?:ly|i[sz]ed?)?",
    "healthy",
    "stable",
    "green",
    "baseline",
    "operational",
    "available",
    "reachable",
    "accessible",
    "responsive",
    "functional",
    "online",
    "ready",
    "fully up",
)

RULES: dict[str, tuple[tuple[float, str], ...]] = {
    "harm": (
        (
            1.0,
            r"\b(?:(?:customer|user|service)?[ -]?(?:impact|outage|downtime|disruption|incident|degradation|"
            r"harm|problem|issue|failure|fault|nedbrud|hændelse)s?)\b"
            rf"(?: \w+)? (?:{BEGIN}|occur(?:s|red)?)\b",
        ),
        (
            0.95,
            r"\b(?:start|beginning|onset) of (?:the )?(?:(?:customer|user|service) )?(?:impact|outage|"
            r"incident|downtime|disruption|degradation|issue|problem|errors|failures)\b",
        ),
        (0.9, rf"\b(?:{FAIL})\b.{{0,40}}\b(?:{BEGIN}|appear(?:s|ed|ing)?|occur(?:s|red|ring)?|surfac\w+|onwards)\b"),
        (
            0.9,
            rf"\b(?:{BEGIN}) (?:to |being |be |seeing |getting |having |receiving |throwing |returning |"
            rf"showing |experiencing |giving |reporting )*(?:\w+ ){{0,3}}(?:{FAIL})\b",
        ),
        (
            1.05,
            r"\b(?:first|initial) (?:\w+ ){0,3}(?:error|failure|timeout|symptom|impact|5\d\d|exception|failed \w+)s?\b",
        ),
        (
            0.85,
            rf"\b(?:go(?:es|ing)?|went|gets?|got|becom(?:es|ing)|became|is|are|was|were|were all|all|now) (?:\w+ ){{0,2}}(?:{FAIL})\b",
        ),
        (
            0.8,
            r"\b(?:rate|rates|count|latency|response times?|cpu|memory|usage|errors?|5xx|queue|lag|"
            r"load)\b.{0,30}\b(?:increas|ris(?:e|es|ing)|rose|jump|climb|spik|surg|elevat|grow|exceed|"
            r"reach|drop)\w*",
        ),
        (0.7, rf"\b(?:{FAIL})\b"),
    ),
    "noticed": (
        (1.0, r"^\W*(?:first )?(?:detect(?:ed|ion)|discover(?:ed|y)|noticed|opdaget)\b\W*(?:[:–—-]|$)"),
        (
            0.95,
            r"\b(?:alerts?|alarms?|monitor(?:s|ing)?|pagers?|pages?|alarmer)\b.{0,60}\b(?:fir(?:e|"
            r"es|ed|ing)|trigger(?:s|ed|ing)?|rais(?:es|ed)|rings?|rang|went off|go(?:es|ing)? off|"
            r"sent|sends|receiv(?:ed|es)|detect(?:s|ed)|created|opened|posted|notif\w+|alert(?:s|ed)|"
            r"start(?:s|ed)|sound\w*|pag(?:es|ed)|report(?:s|ed)|show(?:s|ed)|flag(?:s|ged)|open(?:s|"
            r"ed)?|arriv\w+|udløst)\b",
        ),
        (
            0.95,
            r"\b(?:first|initial|automatic|automated|critical|high[- ]priority|receive[ds]?|got|gets|"
            r"trigger(?:s|ed)?|fire[sd]?|by|from|via|sends?|sent) (?:an? |the |by |of |our |\w+ ){0,3}(?:alerts?|"
            r"alarms?|alert(?:s|ing)?|page)\b",
        ),
        (
            0.92,
            r"\b(?:on-?call|duty|engineers?|teams?|responder(?: \d+)?|sre|ops|vi|we)\b.{0,20}\b(?:is|"
            r"are|was|were|gets?|got|being|been|bliver)? ?(?:paged|alerted|notified|informed|called|"
            r"contacted|made aware|adviseret)\b",
        ),
        (
            0.9,
            rf"\b(?:{PEOPLE})\b.{{0,40}}\b(?:report(?:s|ed|ing)?|notic(?:e|es|ed|ing)|complain\w*|contact(?:s|"
            rf"ed)?|rais(?:es|ed)|notif(?:y|ies|ied)|inform(?:s|ed)?|alert(?:s|ed)|observ(?:es|ed|e)|"
            rf"discover(?:s|ed)?|detect(?:s|ed)?|spot(?:s|ted)?|flag(?:s|ged)?|ask(?:s|ed|ing)?|reach(?:es|"
            rf"ed)? out|wr(?:ites|ote)|post(?:s|ed)|see(?:s|ing)|saw|realis\w+|realiz\w+|aware|find|"
            rf"found|mention\w*|call(?:s|ed)|experienc\w+|opdager|opdagede|melder|bemærker|rapporterer|"
            rf"henvender)\b",
        ),
        (
            0.9,
            r"\b(?:first|initial|incoming|multiple|several|many|customer|user|bug|incident) (?:\w+ ){0,2}(?:reports?|"
            r"complaints?|tickets?|calls|contacts?|inquir\w+|escalation|henvendelser?)\b",
        ),
        (
            0.9,
            r"\b(?:reported by|reports? (?:of|from|that|came|come|in|received)|tickets? (?:is |was |"
            r"are )?(?:created|raised|opened|received|filed|logged)|(?:became|becomes?|made|is|are|"
            r"team) aware|(?:was|is|were|are|been|first) (?:noticed|detected|discovered|observed|reported|"
            r"spotted|identified by)|brought to (?:our|the) attention)\b",
        ),
        (
            0.8,
            r"\b(?:notic(?:e|es|ed|ing)|detect(?:s|ed|ion)|discover(?:s|ed)|observ(?:es|ed)|spot(?:s|"
            r"ted)|realis(?:es|ed)|realiz(?:es|ed)|reported|opdaget|opdager|bemærker)\b",
        ),
        (
            0.75,
            r"\b(?:message|question|post|e-?mail|ping|call|ticket)s?\b.{0,40}\b(?:from|in|by|on|about|"
            r"regarding)\b.{0,40}\b(?:channel|slack|teams|support|customer|user|colleague)\w*",
        ),
        (
            0.9,
            r"\b(?:receiv\w+|gets?|got) (?:\w+ ){0,3}(?:pagers?|pages?|alerts?|alarms?|notifications?)\b|"
            r"^\W*(?:\w+ )?(?:page|alert|alarm)s?\b\W*(?:[:–—“\"(-]|for\b|on\b|from\b)",
        ),
        (
            0.75,
            r"\b(?:alert(?:s|ed|ing)?|alarms?|paged|pages)\b|\b(?:alertmanager|pagerduty|opsgenie|pingdom|victorops)\b",
        ),
    ),
    "taken": (
        (0.9, r"\b(?:acknowledg\w+|ack(?:ed)?|tager over|kvitterer)\b"),
        (
            0.6,
            r"\b(?:joins?|joined|takes? (?:over|lead|command|charge)|took (?:over|lead|command|charge)|"
            r"picks? up|picked up|assum(?:es|ed))\b",
        ),
    ),
    "looks": (
        (
            0.8,
            r"\b(?:investigat\w+|look(?:s|ed|ing)? into|troubleshoot\w*|triag\w+|debug\w*|diagnos\w+|"
            r"start(?:s|ed)? (?:looking|analy\w+)|undersøg\w+|fejlsøg\w+|war ?room|incident (?:call|"
            r"channel|bridge|meeting))\b",
        ),
        (0.5, r"\b(?:check(?:s|ed|ing)?|analy[sz]\w+|examin\w+|review(?:s|ed|ing)?|inspect\w*)\b"),
    ),
    "declared": (
        (
            0.95,
            r"\b(?:incident|outage|major incident|sev-?\d|p[0-4]|priority \d)\b.{0,25}\b(?:declared|"
            r"opened|created|initiated|announced|raised|erklæret)\b",
        ),
        (
            0.95,
            r"\b(?:declar(?:es?|ed|ing)|open(?:s|ed)|creat(?:es|ed)|rais(?:es|ed))\b.{0,20}\b(?:incident|"
            r"outage|major incident|sev-?\d|p[0-4])\b",
        ),
    ),
    "identified": (
        (
            0.9,
            r"\b(?:root ?cause|cause|culprit|problem|issue|source|error|årsagen?)\b.{0,30}\b(?:identified|"
            r"found|discovered|located|determined|isolated|confirmed|pinpointed|understood|narrowed|"
            r"fundet)\b",
        ),
        (
            0.9,
            r"\b(?:identif(?:y|ies|ied)|found|finds|discover(?:s|ed)|determin(?:es|ed)|locat(?:es|"
            r"ed)|pinpoint(?:s|ed)|isolat(?:es|ed)|figured out|conclud(?:es|ed)|realis(?:es|ed)|realiz(?:es|"
            r"ed))\b.{0,60}\b(?:cause|culprit|problem|issue|that|bug|reason|misconfig\w*|why)\b",
        ),
    ),
    "over": (
        (
            1.0,
            r"\b(?:impact|outage|downtime|disruption|degradation|customer impact|user impact)\b(?: \w+)? (?:ends?|"
            r"ended|over|ceases?|ceased|stops?|stopped|resolved|mitigated|clears?|cleared)\b",
        ),
        (1.0, r"\bend of (?:the )?(?:(?:customer|user|service) )?(?:impact|outage|downtime|disruption|degradation)\b"),
        (
            0.95,
            r"\b(?:(?:is|was|are|were|been|fully|incident|issue|problem|now|all)\s+)?(?:mitigated|"
            r"mitigation (?:complete|confirmed|verified|successful|effective)\w*|restored|genoprettet|"
            r"afhjulpet)\b",
        ),
        (
            0.95,
            rf"\b(?:{WHOLE})\b.{{0,40}}\b(?:recover(?:s|ed)|restored|(?:back|returns?|returned|returning|"
            rf"is|are|was|were|all|now|again|become|became|becomes|reports?|being|been)(?: to| up| fully|"
            rf" all| again| and| completely| now| be| back)* (?:{NORMAL}|up|running|working|online|"
            rf"successful\w*))\b",
        ),
        (
            0.95,
            r"\bback(?: up| online| to normal| in operation| in business| again| to (?:being )?(?:healthy|"
            r"operational|work\w*)| and running| in service| to green)\b|\bup and running\b|\bworking again\b|"
            r"\bworks? again\b|\bworking (?:as expected|normally|correctly|properly|fine|as intended)\b|"
            r"\boppe igen\b|\bvirker igen\b|\bkører igen\b",
        ),
        (
            0.95,
            r"\b(?:recovered|recovery (?:complete|confirmed|verified)\w*|full(?:y)? (?:recovery|recovered|"
            r"operational|functional|restored)|no (?:more|further|longer any|new) (?:errors?|issues?|"
            r"failures?|problems?|alerts?|reports?|5xx|impact)|normal (?:operation|service|state|levels?|"
            r"traffic)\w*|all[ -]clear|all (?:good|green|systems? \w+))\b",
        ),
        (
            0.9,
            r"\b(?:errors?|error rates?|5xx|failures?|latency|alerts?|alarms?|timeouts?|symptoms?|"
            r"requests?|lag|backlog|queue|problem|issue|fejlen|fejl)\b.{0,40}\b(?:stop(?:s|ped)?|cease[sd]?|"
            r"gone|disappear\w*|clear(?:s|ed)?|normal\w*|resolv(?:es|ed|ing)|back to|return(?:s|ed)? to|"
            r"subsid\w*|zero|recovers?|succeed\w*|solved|fixed|løst|væk|drained)\b",
        ),
        (0.85, r"\b(?:resolv(?:es|ed)|solved|fixed|repaired|remediated|løst|rettet)\b"),
        (
            0.7,
            r"\b(?:recover(?:s|ing)|recovery|improv(?:es|ed|ing)|stabili[sz]\w+|drop(?:s|ped|ping)?|"
            r"decreas\w+|declin\w+|falling|succe(?:ssful|eds?)\w*)\b",
        ),
        (
            0.6,
            r"\b(?:rollback|roll[- ]?back|fix|hotfix|patch|restart|revert|redeploy\w*|failover|workaround|"
            r"deployment|deploy|upgrade|migration)\b.{0,30}\b(?:complet\w+|done|finish\w*|deployed|"
            r"applied|live|in place|released|rolled out|success\w*|merged|works|worked)\b",
        ),
        (
            0.55,
            r"\b(?:rolled back|reverted|restarted|rebooted|redeployed|re-?applied|scaled (?:up|out|"
            r"down)|failed over|renewed|rotated|disabled|patched|hotfixed|rullet tilbage|genstartet|"
            r"increased|replaced|recreated|restored|re-?enabled|reset|upgraded|downgraded|removed|"
            r"deployed|implemented)\b",
        ),
        (
            0.45,
            r"\b(?:roll(?:s|ing)?[- ]?back|revert(?:s|ing)?|restart(?:s|ing)?|fix|deploy(?:s|ing)? (?:fix|"
            r"hotfix|patch)|workaround|genstarter)\b",
        ),
    ),
    "resolved": (
        (
            1.0,
            r"\b(?:incident|issue|outage|case|problem|major incident|everything|hændelsen)\b(?: \S+){0,3}? (?:is |"
            r"was |has been |have been |considered |declared |marked |closed |as |fully |now |officially )*(?:resolved|"
            r"closed|over|ended|ends|completed|løst|lukket)\b",
        ),
        (0.95, r"^\W*(?:fully |all |now |incident )?(?:resolved|closed|all[ -]clear|løst|lukket)\b"),
        (
            0.9,
            r"\b(?:clos(?:es|ed|ing)|resolv(?:es|ed|ing)|end(?:s|ed)|call(?:s|ed|ing)|declar(?:es|"
            r"ed|ing)|mark(?:s|ed|ing))\b.{0,20}\b(?:incident|outage|call|case|resolved|over)\b",
        ),
        (0.85, r"\bpermanent(?:ly)? (?:fix\w*|resol\w*|solution)|\bresolved\b|\bstand(?:s|ing)? down\b"),
    ),
}
COMPILED = {
    name: tuple((weight, re.compile(f"(?i){pattern}")) for weight, pattern in rules) for name, rules in RULES.items()
}

# A label at the head of a row says outright what the row is.
LABELS = {
    "harm": r"(?:(?:customer|user|service) )?(?:impact|outage|incident|downtime|disruption|degradation|"
    r"fault|issue|problem)s? (?:begins?|began|starts?|started|start)|start(?:ed)?|begin|first (?:symptom|"
    r"impact|failure|error)|onset|impact|(?:defect|bug) (?:became|goes|went) live|t0",
    "noticed": r"(?:first |incident |issue |initial )?(?:detect(?:ed|ion)|notic(?:ed|e)|discover(?:ed|"
    r"y)|alert(?:ed)?(?: fired)?|reported|aware(?:ness)?|report)",
    "taken": r"(?:acknowledged|acknowledgement|ack|response|responded|engaged)",
    "declared": r"(?:incident )?(?:declared|declaration)|incident (?:opened|declared)",
    "identified": r"(?:root cause )?(?:identified|diagnos(?:ed|is)|identification)|(?:root )?cause (?:found|identified)|triaged",
    "over": r"(?:(?:incident |outage |issue |impact )?mitigat(?:ed|ion)(?: complete)?|recover(?:ed|"
    r"y)|restored|repaired|(?:customer |user |service )?(?:impact|outage|downtime|disruption) (?:ends?|"
    r"ended|over)|service restored|fixed|contained|stabili[sz]ed)",
    "resolved": r"(?:(?:incident |fully |issue )?(?:resolved|resolution|closed|ends?|ended|over|complete)|all clear|end)",
}
LABELLED = {
    name: re.compile(rf"(?i)^[\W\d_]*(?:{pattern})[\W_]*(?:$|[:,;.\]|)–—-])") for name, pattern in LABELS.items()
}

PLANNED = re.compile(
    r"(?i)\b(?:planned|scheduled|schedule|maintenance|announce[sd]?|intention|prepar\w+|in advance|"
    r"change window|release window|plan(?:s|ning)? to|routine|planlagt|as part of)\b"
)
CHANGE = re.compile(
    r"(?i)\b(?:deploy(?:s|ed|ing|ment)?|releas(?:e|es|ed|ing)|merg(?:e|es|ed|ing)|roll(?:s|"
    r"ed|ing)?[- ]?out|upgrad(?:e|es|ed|ing)|migrat(?:e|es|ed|ing|ion)|push(?:es|ed)?"
    r"|appl(?:y|ies|ied|ying)|chang(?:e|es|ed|ing)|updat(?:e|es|ed|ing)|enabl(?:e|es|ed)|terraform|"
    r"config\w*|switch(?:es|ed)?|cut ?over|PR|pull request|delet(?:e|es|ed)|remov(?:e|es|ed)|"
    r"renew\w*|restart\w*|idriftsat|udrull\w*|opdater\w*)\b"
)
# What is said to have not happened, to be hoped for, or to be true of a part only.
UNREAL = re.compile(
    r"(?i)\b(?:no (?:errors?|impact|issues?|failures?|downtime|outage)|without (?:errors?|"
    r"issues?|impact|success|effect)|not (?:yet |fully |completely )?(?:resolved|fixed|mitigated|"
    r"restored|recovered|solved|helping|successful|working|work)"
    r"|did(?: not|n'?t) (?:help|work|solve|fix|resolve|recover|have)|does(?: not|n'?t) (?:help|"
    r"work|solve|fix|resolve)|unsuccessful\w*|no (?:effect|improvement|success|luck)|attempt(?:s|"
    r"ed|ing)?|tr(?:y|ies|ied|ying) to|plan(?:s|ned)? to|decid(?:es|ed|ing)"
    r"|decision|discuss\w*|propos\w*|suggest\w*|should|will|would|might|going to|in order to|"
    r"hop(?:e|es|ing)|expect\w*|waiting|wait|consider\w*|suspect\w*|virker (?:stadig )?ikke|"
    r"prepar\w*|start(?:s|ed|ing)? (?:the |to |a )?(?:roll|revert|restart|re-?deploy|recover|"
    r"restor|fix|deploy|work|mitigat)\w*|begin\w*|began|initiat\w*|still|until|unless|if|asks?|"
    r"asked)\b"
)
PARTIAL = re.compile(
    r"(?i)\b(?:some|partial(?:ly)?|most|slowly|gradual(?:ly)?|starting to|starts? to|started to|"
    r"began to|begins? to|temporar(?:y|ily)|intermittent\w*|slightly|first (?:of|node|pod)|"
    r"in (?:staging|test|dev|the test|non-prod\w*)|staging|half)\b"
)
# A signal of the machinery comes before harm, and is none as long as nobody feels it.
INFRASTRUCTURE = re.compile(
    r"(?i)\b(?:cpu|memory|packets?|retransmi\w+|disk|i/o|iops|threads?|heap|gc|replica\w*|connections?|certificate|token|lag|pool|volume|inodes?|utili[sz]ation|saturation|load)\b"
)
FELT = re.compile(
    rf"(?i)\b(?:{PEOPLE}|requests?|logins?|payments?|checkout|orders?|(?:web)?sites?|5\d\d|"
    rf"5xx|api|errors?|outage|down|unavailable|unreachable|all|services?|apps?|applications?|"
    rf"fail\w*|timing out|timeouts?|time out)\b"
)
STILL = re.compile(
    rf"(?i)\b(?:still|again|re-?occur\w*|return(?:s|ed)|another|new|second|once more|continu\w*|"
    rf"remain\w*|persist\w*|re-?appear\w*|igen|stadig)\b.{{0,40}}\b(?:{FAIL}|{TROUBLE})\b|\b(?:{FAIL})\b.{{0,30}}\b(?:again|"
    rf"re-?appear\w*|re-?occur\w*|return\w*|persist\w*|continu\w*|igen)\b"
)
MACHINE = re.compile(
    r"(?i)\b(?:alerts?|alerting|alarms?|alerted|monitor(?:s|ing)?|pag(?:er|ed|es)|pagerduty|"
    r"opsgenie|pingdom|health ?checks?|synthetic|probe|automated|automatic(?:ally)?|dashboard|"
    r"cloudwatch|alertmanager|grafana|datadog|prometheus|nagios|zabbix|sentry|statuscake|uptime ?robot|"
    r"new ?relic|alarm(?:er|en)?)\b"
)

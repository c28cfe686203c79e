// Package pushmail is what mail has in common that a provider takes in and posts
// to a webhook, whole or in fields.
//
// [Read] is for raw mail: its bytes and what was said when it was delivered
// become a Reading, as mail has that a mail server delivers. Where a provider
// posts fields, a [Mail] is made of them and composed: a self-contained mail,
// the same for the same fields, which [Read] reads like any other. So threads,
// answers of programs, bounces, reply texts and files are told by channels/mime
// alone. The raw form that is kept is what the provider posted; the mail is
// composed anew when it is read again.
//
// A [Form] is the body of a request that has the fields; [Settings] are what
// every kind of such mail can be told about its senders.
package pushmail

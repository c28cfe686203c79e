// Package pipeline decides what becomes of a message: into a conversation,
// into the blocked list, or refused. It is pure: a decision is a function of
// the message, of the facts that the store read under its locks, and of the
// rules of one epoch. Nothing here does I/O or looks at a clock.
//
// [Decide] runs the stages repeat, resolve, screen and route; each adds its
// sentence to the trail that is kept with the message. [Book] finds the rules
// that match, [Judge] keeps the Book that is in force.
package pipeline

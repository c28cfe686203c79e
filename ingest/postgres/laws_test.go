package postgres_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// proofs says which tests prove which law of the design, by its number; 0 is
// the locks. Besides, TestLawsHoldInARandomHistory asks them all, 9 included,
// while everything happens at once and connections break, TestLawModel compares
// with a model that knows of no SQL, and each TestRace84… ends with all laws.
var proofs = map[int][]string{
	0: {"TestLawNoDecisionStraddlesAChange", "TestRace84eBlockUnblockBlock", "TestLawLiftAndFoldTakeRulesInOneOrder",
		"TestLawASettleDoesNotWaitForItsLane", "TestLawOnlyWhatFailsAloneDies", "TestHeldMessagesAreFoundByTheirOwnIndex"},
	1: {"TestLawCutAfterAnyStatement", "TestLawsHoldInARandomHistory"},
	2: {"TestLawsHoldInARandomHistory", "TestRace84lSQLByHand"},
	3: {"TestLawOneKeyStandsForOneContent", "TestLawBatchesTakeKeysInOneOrder", "TestLawMailsAreRecognisedOneToOne",
		"TestLawRepeatsByAChainOfKeysAreOneMessage", "TestRace84jRedeliveryAfterPurge"},
	4: {"TestLawOnePollerMovesTheCursor", "TestLawALostLeaseLosesNoMail"},
	5: {"TestRace84lSQLByHand", "TestRace84fBanDuringReplay", "TestLawModel"},
	6: {"TestLawControlStrandsMessagesWithoutTheRulesLock", "TestLawALiftAsksOrNothingIsHeld", "TestRace84cArrivalsDuringUnblockAll"},
	7: {"TestLawConversationsAreOneChain", "TestLawLanesMeetAtTheirContact"},
	8: {"TestRace84aUnblockAllTwice", "TestRace84bDeleteAllDuringUnblockAll", "TestRace84bUnblockAllAndDeleteAllAtOnce",
		"TestLawNoJobEndsWhileItsRuleHoldsSomething", "TestRace84dArrivalsAfterTheListWasRead"},
	9:  {"TestLawControlTurnsMessagesRoundWithoutLanes", "TestLawsHoldInARandomHistory"},
	10: {"TestDeleteAllLeavesNoWord", "TestOrdersLeaveNoWordAndBringNothingBack"},
}

func TestEveryLawHasItsProofs(t *testing.T) {
	files, err := filepath.Glob("*_test.go")
	must(t, err)
	var code strings.Builder
	for _, name := range files {
		b, err := os.ReadFile(name)
		must(t, err)
		code.Write(b)
	}
	for law := range 11 {
		if len(proofs[law]) == 0 {
			t.Errorf("law %d has none", law)
		}
		for _, name := range proofs[law] {
			if !strings.Contains(code.String(), "func "+name+"(t *testing.T)") {
				t.Errorf("law %d: there is no %s", law, name)
			}
		}
	}
}

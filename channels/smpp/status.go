package smpp

import "fmt"

// A status is a PDU's command_status (SMPP 3.4 §5.1.3).
type status uint32

const (
	statusOK             status = 0x00
	invalidMessageLength status = 0x01 // ESME_RINVMSGLEN: sm_length is wrong
	invalidCommandLength status = 0x02 // ESME_RINVCMDLEN
	invalidCommandID     status = 0x03 // ESME_RINVCMDID
	invalidBindStatus    status = 0x04 // ESME_RINVBNDSTS
	alreadyBound         status = 0x05 // ESME_RALYBND
	systemError          status = 0x08 // ESME_RSYSERR
	bindFailed           status = 0x0D // ESME_RBINDFAIL
	invalidPassword      status = 0x0E // ESME_RINVPASWD
	invalidSystemID      status = 0x0F // ESME_RINVSYSID
	queueFull            status = 0x14 // ESME_RMSGQFUL
	invalidSystemType    status = 0x53 // ESME_RINVSYSTYP
	throttled            status = 0x58 // ESME_RTHROTTLED
	temporaryError       status = 0x64 // ESME_RX_T_APPN: try again later
	permanentError       status = 0x65 // ESME_RX_P_APPN: this one never
	invalidOptional      status = 0xC0 // ESME_RINVOPTPARSTREAM: the TLVs
)

var statusNames = map[status]string{
	statusOK: "ESME_ROK", invalidMessageLength: "ESME_RINVMSGLEN", invalidCommandLength: "ESME_RINVCMDLEN",
	invalidCommandID: "ESME_RINVCMDID", invalidBindStatus: "ESME_RINVBNDSTS", alreadyBound: "ESME_RALYBND",
	systemError: "ESME_RSYSERR", bindFailed: "ESME_RBINDFAIL", invalidPassword: "ESME_RINVPASWD",
	invalidSystemID: "ESME_RINVSYSID", queueFull: "ESME_RMSGQFUL", invalidSystemType: "ESME_RINVSYSTYP",
	throttled: "ESME_RTHROTTLED", temporaryError: "ESME_RX_T_APPN", permanentError: "ESME_RX_P_APPN",
	invalidOptional: "ESME_RINVOPTPARSTREAM",
}

func (s status) String() string {
	if name := statusNames[s]; name != "" {
		return fmt.Sprintf("%s (0x%02X)", name, uint32(s))
	}
	return fmt.Sprintf("0x%02X", uint32(s))
}

// refused is a centre's answer that is not ESME_ROK.
type refused struct{ status status }

func (r refused) Error() string { return fmt.Sprintf("the centre answers %v", r.status) }

package postgres

import (
	"slices"

	"github.com/jackc/pgx/v5/pgtype"

	"gatehouse/ingest"
)

// pgID lets an ingest.ID be a uuid: the zero id is null.
type pgID ingest.ID

// UUIDValue implements pgtype.UUIDValuer.
func (id pgID) UUIDValue() (pgtype.UUID, error) {
	return pgtype.UUID{Bytes: id, Valid: id != pgID{}}, nil
}

// ScanUUID implements pgtype.UUIDScanner.
func (id *pgID) ScanUUID(v pgtype.UUID) error {
	*id = pgID(v.Bytes)
	return nil
}

// teachIDs makes a connection's type map understand ingest.ID and slices of it.
func teachIDs(m *pgtype.Map) {
	m.TryWrapEncodePlanFuncs = append([]pgtype.TryWrapEncodePlanFunc{encodeIDs}, m.TryWrapEncodePlanFuncs...)
	m.TryWrapScanPlanFuncs = append([]pgtype.TryWrapScanPlanFunc{scanIDs}, m.TryWrapScanPlanFuncs...)
}

func encodeIDs(value any) (pgtype.WrappedEncodePlanNextSetter, any, bool) {
	switch v := value.(type) {
	case ingest.ID:
		return &encodeID{}, pgID(v), true
	case []ingest.ID:
		return &encodeIDSlice{}, idArray(v), true
	case [][]byte:
		return &encodeAtOnce[[]byte]{}, pgtype.FlatArray[[]byte](v), true
	case []string:
		return &encodeAtOnce[string]{}, pgtype.FlatArray[string](v), true
	}
	return nil, nil, false
}

// idArray is ids as an array of uuids. It gives its elements as pointers, since
// each would be allocated otherwise.
type idArray []ingest.ID

// Dimensions implements pgtype.ArrayGetter.
func (a idArray) Dimensions() []pgtype.ArrayDimension {
	if a == nil {
		return nil
	}
	return []pgtype.ArrayDimension{{Length: int32(len(a)), LowerBound: 1}}
}

// Index implements pgtype.ArrayGetter.
func (a idArray) Index(i int) any { return (*pgID)(&a[i]) }

// IndexType implements pgtype.ArrayGetter.
func (a idArray) IndexType() any { return &pgID{} }

type encodeID struct{ next pgtype.EncodePlan }

func (p *encodeID) SetNext(next pgtype.EncodePlan) { p.next = next }
func (p *encodeID) Encode(value any, buf []byte) ([]byte, error) {
	return p.next.Encode(pgID(value.(ingest.ID)), buf)
}

type encodeIDSlice struct{ next pgtype.EncodePlan }

func (p *encodeIDSlice) SetNext(next pgtype.EncodePlan) { p.next = next }
func (p *encodeIDSlice) Encode(value any, buf []byte) ([]byte, error) {
	return p.next.Encode(idArray(value.([]ingest.ID)), buf)
}

// encodeAtOnce makes room for the whole array at once: raw messages are large,
// and a buffer that grows on the way copies them again and again.
type encodeAtOnce[T string | []byte] struct{ next pgtype.EncodePlan }

func (p *encodeAtOnce[T]) SetNext(next pgtype.EncodePlan) { p.next = next }
func (p *encodeAtOnce[T]) Encode(value any, buf []byte) ([]byte, error) {
	list := value.([]T)
	size := 20 // the array's header
	for _, v := range list {
		size += 4 + len(v)
	}
	return p.next.Encode(pgtype.FlatArray[T](list), slices.Grow(buf, size))
}

func scanIDs(target any) (pgtype.WrappedScanPlanNextSetter, any, bool) {
	if id, ok := target.(*ingest.ID); ok {
		return &scanID{}, (*pgID)(id), true
	}
	return nil, nil, false
}

type scanID struct{ next pgtype.ScanPlan }

func (p *scanID) SetNext(next pgtype.ScanPlan) { p.next = next }
func (p *scanID) Scan(src []byte, target any) error {
	return p.next.Scan(src, (*pgID)(target.(*ingest.ID)))
}

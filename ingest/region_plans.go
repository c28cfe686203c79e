package ingest

// numbering is who dials alike, after ITU-T E.164 and E.129: a country's name
// and code. Regions that are not here have to write numbers with a +.
var numbering = []struct {
	Region
	countries string
}{
	{Region{code: "1", trunk: "1", abroad: "011", least: 10, most: 10},
		"US CA AG AI AS BB BM BS DM DO GD GU JM KN KY LC MP MS PR SX TC TT VC VG VI"},
	{Region{trunk: "8", abroad: "810", least: 10, most: 10}, "RU7 KZ7"},
	{Region{trunk: "80", abroad: "810", least: 9, most: 9}, "BY375"},
	{Region{trunk: "06", abroad: "00", least: 8, most: 9}, "HU36"},
	{Region{trunk: "0", abroad: "0011"}, "AU61"},
	{Region{trunk: "0", abroad: "010"}, "JP81"},
	{Region{trunk: "0", abroad: "001"}, "KR82 TH66 ID62 KH855"},
	{Region{trunk: "0", abroad: "002"}, "TW886"},
	{Region{trunk: "0", abroad: "000"}, "KE254 TZ255 UG256"},
	{Region{trunk: "0", abroad: "119"}, "CU53"},
	{Region{trunk: "0", abroad: "00"}, "DE49 AT43 CH41 FR33 GB44 IE353 NL31 BE32 SE46 FI358 RO40 BG359 HR385 RS381 SI386 " +
		"SK421 BA387 MK389 ME382 AL355 MD373 UA380 LT370 GE995 AM374 AZ994 TR90 IL972 PS970 JO962 LB961 SY963 IQ964 IR98 " +
		"SA966 YE967 AE971 AF93 PK92 IN91 BD880 LK94 NP977 MM95 LA856 CN86 MN976 VN84 MY60 PH63 NZ64 EG20 LY218 SD249 " +
		"MA212 DZ213 ZA27 NA264 ZM260 ZW263 MG261 ET251 GH233 NG234 RW250 BR55 AR54 PE51 VE58 UY598 PY595 BO591 EC593"},
	{Region{abroad: "001", least: 8, most: 8}, "HK852 SG65"},
	{Region{abroad: "00", least: 8, most: 8}, "DK45 NO47 EE372 LV371 CY357 MT356 MO853 QA974 KW965 BH973 OM968 TN216 " +
		"CR506 PA507 GT502 HN504 SV503 NI505 GI350"},
	{Region{abroad: "00", least: 9, most: 9}, "ES34 PT351 PL48 CZ420 CL56 SN221 CM237 UZ998"},
	{Region{abroad: "00", least: 10, most: 10}, "GR30 MX52 CO57 CI225"},
	{Region{abroad: "00", least: 9, most: 11}, "IT39"},
	{Region{abroad: "00", least: 7, most: 7}, "IS354 LI423 MV960"},
	{Region{abroad: "00", least: 6, most: 6}, "AD376 FO298 GL299"},
	{Region{abroad: "00", least: 6, most: 9}, "LU352"},
}

// Sessions that other projects publish with their tests, and what their keys hash to. Nobody is logged in by
// them.
#pragma once

#include <string_view>

namespace mtproto::foreign::fixtures {

/// mtcute's, of Telethon; DC 2 of the test servers
inline constexpr std::string_view telethon_ipv4 =
    "1ApWapygAUChJS1_xwUK01Is4cOvQa1JKTn1POabdMUCfLmXNYFUyvG3v9Z_qbFNFp3zYP--3aVpTYI2DpB2Ib46p_bwSC0j1QEj"
    "vdQxJj26cVj8NfslrCkYrdV3glOhdczSq08kp31eqBGXMPhA7wy7DOcSLLAoy-Jf3Q_V_Q3y2a8_64ArFJe8PFfSqkdO56VQutaj"
    "NLscFUtTQXUQFLJ7ft6vIl__UOc9tpQZEiFW7jWmID79WkfYLHFjuChTVKGMLDa8YcZj6z5Sq-pXPE9VbAbJ5L1JRqXOey3QGtZg"
    "JeIEww_WWD5nMMUfhLIydD2i7eDmVoUE5EIZPpsevJmjiGLw4vJk=";

/// mtcute's, of Telethon; DC 1 of the test servers
inline constexpr std::string_view telethon_ipv6 =
    "1ASABCyjyPfABAAAAAAAAAA4Bu4pveAFWSE51_trKsrRQeMvGXMl8fI6NsGaWqdrXXeqyaXne9qNthqnrBmH56kHfOhFUCPSoVzN"
    "NrGgnQr67AYQbkhpP_Yml2EDd8epdc6Gywh4q2NBgYyW6VBT8UKg89-FebYTO6n47I1cJMGsSZ1ddxEOpIpHXsSmPdGBSTz6uaHb"
    "LYo0jnxd59PQn4H4dKb8FxuOQsUVa3vY_o79HMVMQRVT1IksUKFg5gAe5ZJ0yx6W4pMviVbC-TYZC0HInmv2fFMv-S3rQyg1C7qp"
    "U-Gbo1P6UZC4KZGmu2pMJooFNyfRbFgl3BI5Z-FNx9TKu4UFrF9G6Q0l8PjPXOZm4j-c=";

/// mtcute's, of Pyrogram 2; user 5000801609 at DC 2 of the test servers
inline constexpr std::string_view pyrogram =
    "AgAyyvcBTk6KssqikKPxEhxfXJpkoFIgQ_o8VpCk_4g0tcHe0rVCXx34AaDKvaNOlbkJOZ4jA3AI8iDYkI2opuifbM_7S2u9MMdn"
    "rjfg5jpfkXfI9-wF8DK_UBGIe1zk_Ibn0IHLRz-lkb-QqZNhh8O8Ggb8cieamatEYwLrkjkZR7JG53q76F0ktUd22L6_bUlp9p_q"
    "gXqBg8vZdkIIs9T1OiShw2X6TNO0lYqfJVaczMVQcT9Zt0FiyrAMpovFuT7-96OFKWcQ9gzrs_SHfz9HrQgBwvNSdkVziXTtxLJX"
    "saNz3smGeyh-CEuEgdF3enIECnzftlvvUClLN_ylcPir1bi4_wAAAAEqEi1JAA";

/// mtcute's, of an older Pyrogram; the same user
inline constexpr std::string_view pyrogram_long_user =
    "AgEWdHMtuA1pC01YkNiHpL1bC0yBC3wzGZCwSRWKlA_a69RhePUN3M51NpnwSXrW3pZV9FS8WjAwUkA23uT_49t8c7Umw3ihhKD6"
    "-hTpZ5wXC2MuC0EsF0-Z6WshYhT3gmN6QhEt0jlXo5cW1BJ3MYmXtsTWNf_hJfd3_wF_ZFa58ntVV-3qd08wQRhiL_IxM7L5Yazj"
    "Pw0dg2z92CqRARku_oq5D29V6W6bo8T-SLzF_ujj5ZcAQL25mJtCcXfhhjp9atxcrqnKzEs05xyrehnlJZKoGmnX0mF2P_6wUHqZ"
    "C9tcTBUV4AmFcbuy7m_4SYLnJ8MbftNs7aWHHNcB1R4fAAAAASoSLUkA";

/// mtcute's, of GramJS; DC 2 of the test servers
inline constexpr std::string_view gramjs =
    "1AgAOMTQ5LjE1NC4xNjcuNDABu60obcEYS8Yb/I7YlCwaLvW84dXCX2oGnBYG+zuMciJhHP99c8ZJvwxJgH8yU1QrqI+Gh0kK0JA"
    "uQucIpDfq/jJVLZ1ZRimq5yy1XbeEs65gtZA1+SUwZRXahh+NzGbPmOVUMCnCtRONo9GNvcx/QxSXRrh7T/K0YYN1iHsK1vJDk8/"
    "SUnthvTNmRycC+JLn4fMtctqP4Le2WPOH/deYbUF0BlwmR77M7fv1GZSInqCgWReaIl5nvn0IqA4mOCTkdOgcvwOiB2UmXwiyInx"
    "RuLdBIyLbBUDCuTlmL1m3FJqbuEpZEUJnoJf2YDFZ1wR6TfL0MUS1VwnjOcy3WIIFwwg=";

/// mtcute's, of MTKruto; DC 2 of the test servers
inline constexpr std::string_view mtkruto =
    "BjItdGVzdAAB_gABAQABWEIKa07Ch-9zoA024mDOpsv20TW4YwuoRRROqSi41YQCbD3c4nKnz7BcFIu1mfn6f6Xm3OTVqoT0zib4"
    "p_AuZD9H-t8j5AagecRg-oSpQlmjoiUazKQSxnxWotGWf1mPNntAeOvDNa5t1NjXUxmqdB3e2AjYLF_E2jDESVgUuDBQUMBHIDc_"
    "xFBAlz6kVxCZ6iINJHbnyJ2F19tbEPFJvSM999RKaFj5lUUVs0qKNXEUmsFYUuIdPBzjWilY8Uvf9nYU_xXd9CUAAXS5_i4aaWlH"
    "oTIf3zn8ZEINhDIU1DMauh5vhSWt7F0fkxODjtou-7PdIunuDtqyQm4steuNJc8";

/// mtcute's own tests': mtcute-string-v3, a key of 32 zero bytes
inline constexpr std::string_view mtcute_short_0 =
    "AwQAAAAXAgIADjE0OS4xNTQuMTY3LjUwALsBAAAXAgICDzE0OS4xNTQuMTY3LjIyMrsBAAAgAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    "AAAAAAAAAAAAAAAAAAA";

/// mtcute's own tests': mtcute-string-v3, a key of 32 zero bytes
inline constexpr std::string_view mtcute_short_1 =
    "AwAAAAAXAgIADjE0OS4xNTQuMTY3LjUwALsBAAAgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// mtcute's own tests': mtcute-string-v3, a key of 32 zero bytes
inline constexpr std::string_view mtcute_short_2 =
    "AwUAAAAXAgIADjE0OS4xNTQuMTY3LjUwALsBAAAXAgICDzE0OS4xNTQuMTY3LjIyMrsBAAA5MAAAAAAAADeXebwgAAAAAAAAAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// mtcute's own tests': mtcute-string-v3, a key of 32 zero bytes
inline constexpr std::string_view mtcute_short_3 =
    "AwUAAAAXAgIEDjE0OS4xNTQuMTY3LjUwALsBAAAXAgIGDzE0OS4xNTQuMTY3LjIyMrsBAAA5MAAAAAAAADeXebwgAAAAAAAAAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// mtcute's own tests': mtcute-string-v2, a key of 32 zero bytes
inline constexpr std::string_view mtcute_short_4 =
    "AgQAAAANobcYAAAAAAIAAAAOMTQ5LjE1NC4xNjcuNTAAuwEAAA2htxgCAAAAAgAAAA8xNDkuMTU0LjE2Ny4yMjK7AQAAIAAAAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// mtcute's own tests': mtcute-string-v2, a key of 32 zero bytes
inline constexpr std::string_view mtcute_short_5 =
    "AgAAAAANobcYAAAAAAIAAAAOMTQ5LjE1NC4xNjcuNTAAuwEAACAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// mtcute's own tests': mtcute-string-v1, a key of 32 zero bytes
inline constexpr std::string_view mtcute_short_6 =
    "AQEAAAANobcYAAAAAAIAAAAOMTQ5LjE1NC4xNjcuNTAAuwEAADkwAAAAAAAAN5d5vCAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    "AAAAAAAAAAAAAA";

/// mtcute's, of Telegram Desktop, key_datas of the case "simple"
inline constexpr std::string_view tdata_simple_keys =
    "VERGJINqTAAAAAAg/x18ByvnS3IEDcSpRzbdylI/DkvrgFC55HmhQVsq+MsAAAEgqGlqXtSPouanLRRT0E2I7e37dblUpyPHAGYL"
    "RDucExIuS1BofaGJpIoGhJjhCH5ZaU3Ug+qaQDASz8aVHvkKwxVLVnIMcTD7Sr59OFwplDcHQyvg/TC3gE8AHZ1DW97ETAKUHQqA"
    "UdAFZWA4qsT9HiSh/nPuiV7X5R38YB6JGl2zqZGYN4y5yhooFe6Ev+atwvs+yiAiDKuSVlbyrF5HzVNlhHQCitTLQ1jmdz5XmM70"
    "hs/+A5Sn3XNuMJiwe6VW5d1r0ofGF2gwGdvWqU/OK7H8Y3id+ENZAqMJygiLtkFmy8a1wTjJqTKbJjhJA9ZetqGpTkttZSRifU/1"
    "OYAISvVV9rSTWYDBJV4sMETeC0RBKT/YUQSbn8Br4YWmxvunAAAAIAqeacbYeWkSrtakiea58d3lOj7mPIZdwl7EZuIiOpOmOA+U"
    "/a1xOz9b3SqLBnN1Yg==";

/// The same in both cases: user 1787945512 at DC 1, keys of DC 1, 2, 4 and 5
inline constexpr std::string_view tdata_account =
    "VERGJINqTAAAAARQiJEnJ2gi3lAGFOeZtA6gdsmgMH2CUBznDFvegGERo4htb6mOMnJGFWwdsAIy1+6Rpg/Zohtd0zF3UHannHiU"
    "NDn+ZsFQ7A+cO29BSyHFDBMpXYQk1YRFda8lBYZrXpNqaymBbq4J5DurVsw6sxUTH4IMAmQwPZbZidc6x8BTo13sCAedRYd0kAEK"
    "9gD3CXAuL+m5llY2ERY7v1ULj7wSaqquP3dmQOKRyU4z7qIHy/gDKBYOWPVrbjz+mBnCTr8xWFHm7DwI9Nlwzg8xsECS32rkcraV"
    "a3wSqpz4k1ZXQaVqyye8dcc7UboZ5YQ8Jmvi83jgy+AvKUwCXIiSQtEOJuChC4Am21fa7Vew54suioqggBRdXzHxdQbdZThjzvYh"
    "rCA0Ad/EdG2ITTdkZ/9uggb8UUM+QhWtPAQDSysw1KX9tzZgZg6xz6blhYk/9aPvyf1PEBWwKUXNInNWIzKj7intO1EL8jG93Pjs"
    "I1f4Av4cegjEgahEX7e5afUIVkn7EqPNCx0RU45MY/8ARQT6p2u9Y795M9M6yfdqInqTYFfY2A/qLQEhKggDxVPNO8fdm/z5prDA"
    "e+wEA+Hhvw8HNp4c61wGJ5sbc/j2eDitNR8yI4zVoDsV9MxQzBfywGRwwJ3toBfc2MCJ9xG/oPesMqH1k8oDqUQUVRaMN7faQi/J"
    "uCJHYiPq8XwVfDoUVdWppSqPG5W9z3ncG6AlPyqBsnn5UyS+tUNMGNr/5nll2fbgcTt1rAKZ5hLzyj31gVspTACjDrQXouF9p7wn"
    "t/L6KmTsiI8PjaEztaYZAkQVCB2JO+N8PbZ72Io+qqt1a9AUZxvgAmhFbquOzQQTWfndDaa70HRcxPsDShE2aFkW4F4w86bkvhXU"
    "nDHfrNHxUp+q7PqfVNODn2V/B98uamBMSL2GI8Er3p9jQx/xnQUU9Avi1I/rTYdS0Af7ol8HqQJhxXGnEOJBBd462nr12BTbKPWr"
    "r1xcE14NnwmK6oRfuiLPP2d4n2LY+wMln9EN2HWfF4/iPKl9ROSllkN6VhIAvYNGEn2CZAHOYXRh3KX5eMqCBGFhl4twSjGPhLqS"
    "Ybx2HvRlxup2AygGCYBT4g3diAVnFROuDsa+DXi+aJDp52FPltCqyZ3t5SMgiVSwDRMHvsAgFBQ+wIE/eOgR+e9CvqG5AWFVvIgx"
    "HKlDOkkZR+8yDVKgF0PsJg2UK6RPXaUlIeoU9iJlDzurvYShDJ2fUXBMSAg5kqW935K20hC6HhtcqqE4YcnaKl3G/HL9o9EO83HU"
    "vYZPbMhZqlZaxM7EfsyYeD3389xRt4mONMnYnD9WXRa1Iao6tGtfhHeKe6RCSAPb/u+xS5gPcjIbIrjFEACA/ZJvAFtRBTi6cKAD"
    "guBYpgjw3XmmmoMoT8j2tbXflKN0GzvDdCItYcDgya7BPjry7c3qIYdoih3AZsTOKTP6pXtvG3RWqZXe1Vze4g8HeSHzlVfQ+l9h"
    "Tci6Ejhlgw==";

/// mtcute's, of Telegram Desktop, key_datas of the case "passcode"; the passcode is 123123
inline constexpr std::string_view tdata_passcode_keys =
    "VERGJINqTAAAAAAgg5Dtjzcoe6a/4iTxlwpL4CrPUTyDcphmOoz5sdIei90AAAEggu6b+9Z1Pd1ObBU5gczuvZ6z2TMFY7x1p66Q"
    "ONNdHMLoE+smXaVimvQHiAAqx5h6cLq9/srKavORWiEjKuL5ZRqs0QgRMcuErn4b4KKVbeTRpgcSh6qzEP7Foex+TOSmaZZPkwJ0"
    "+Iy/udtcVOokaqVQh5oSRT3ZHXJA9tnFhys3FUlraAAH66RZNS8CE6W5feQcv8+cqW0ICDY7fPezzSjjFxwPseX/1oyN2/AGaoeQ"
    "XVnXwI6VxjRPwsIVqQX4Mn1YQ+T8TUi1qCwlqHJT/EPmNEumh5waztaSIBN5jnbbPUkH1znc6Bjyp7H1QwsmhiqbzKzeYF5nwRZP"
    "bNGz11LphVvyJUA5Z8zPFuOJZXaJGAZ3DEvCwm1lSWLA4c3hAAAAIAqeacbYeWkSrtakiea58d3lOj7mPIZdwl7EZuIiOpOmEojG"
    "mPZQdxC0tUk+eiJ6Cw==";

}  // namespace mtproto::foreign::fixtures

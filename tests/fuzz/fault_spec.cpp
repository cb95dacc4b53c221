// Specifications of faults from arbitrary text, and the plans made of them.
#include "fuzz.hpp"
#include "traffic/fault_plan.hpp"

#include <string>

using namespace mtproto;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(as_text(std::as_bytes(std::span(data, size))));
    const auto fault = traffic::parse_fault(text);
    if (!fault) {
        fuzz::require(fault.error() == errc::bad_argument, "a wrong fault is called one");
        return 0;
    }
    fuzz::require(!fault->event.empty(), "a fault has its event");
    fuzz::require(fault->first >= 1 && fault->count >= 0 && fault->value >= 0, "numbers count");
    if (fault->kind == traffic::fault_kind::rpc_error)
        fuzz::require(fault->text.find(' ') != std::string::npos, "an RPC error has a code and a name");

    const traffic::connection_facts on;
    const bool refusal = traffic::stage_of(fault->kind) == traffic::fault_stage::query;
    traffic::fault_plan plan({*fault});
    const auto strikes = [&](const std::string& event) {
        return (refusal ? plan.at_query(event, on, {}) : plan.at_event(event, true, on, {})) != nullptr;
    };
    constexpr std::int64_t events = 100;
    for (std::int64_t n = 1; n <= events; ++n) {
        const bool due = n >= fault->first && (fault->count == 0 || n - fault->first < fault->count);
        fuzz::require(strikes(fault->event) == due, "a fault strikes when it is due");
    }
    fuzz::require(!strikes(fault->event + "x"), "and at nothing else");
    return 0;
}

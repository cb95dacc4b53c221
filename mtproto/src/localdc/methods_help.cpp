// help.*: the configuration.
#include "localdc/decoded.hpp"
#include "localdc/layers.hpp"

#include <mtproto/tl_api.hpp>

#include <array>

namespace mtproto::localdc {
namespace {

constexpr std::int32_t config_lifetime = 3600;  // seconds

tl::dcOption option(const local_dc_info::data_centre& dc, bool media_only) {
    tl::dcOption made;
    made.media_only = media_only;
    made.static_ = true;
    made.this_port_only = true;
    made.id = dc.id;
    made.ip_address = dc.host;
    made.port = media_only ? dc.media_port : dc.port;
    made.ipv6 = dc.host.find(':') != std::string::npos;
    return made;
}

reply get_config(call& now, tl::help::getConfig&) {
    tl::config answer;
    answer.date = now.cluster.date();
    answer.expires = answer.date + config_lifetime;
    answer.this_dc = now.dc.id;
    for (const local_dc_info::data_centre& dc : now.cluster.info.dcs) {
        answer.dc_options.push_back(option(dc, false));
        if (now.cluster.options.media_addresses) answer.dc_options.push_back(option(dc, true));
    }
    if (now.cluster.dcs.cdn) {
        tl::dcOption cdn =
            option({cdn_number, now.cluster.options.host, now.cluster.info.cdn_port, 0}, false);
        cdn.cdn = true;
        answer.dc_options.push_back(std::move(cdn));
    }
    answer.chat_size_max = 200;
    answer.megagroup_size_max = 200'000;
    answer.forwarded_count_max = 100;
    answer.online_update_period_ms = 210'000;
    answer.offline_blur_timeout_ms = 5'000;
    answer.offline_idle_timeout_ms = 30'000;
    answer.online_cloud_timeout_ms = 300'000;
    answer.notify_cloud_delay_ms = 30'000;
    answer.notify_default_delay_ms = 1'500;
    answer.push_chat_period_ms = 60'000;
    answer.push_chat_limit = 2;
    answer.edit_time_limit = 172'800;
    answer.revoke_time_limit = 2'147'483'647;
    answer.revoke_pm_time_limit = 2'147'483'647;
    answer.rating_e_decay = 2'419'200;
    answer.stickers_recent_limit = 200;
    answer.channels_read_media_period = 604'800;
    answer.call_receive_timeout_ms = 20'000;
    answer.call_ring_timeout_ms = 90'000;
    answer.call_connect_timeout_ms = 30'000;
    answer.call_packet_timeout_ms = 10'000;
    answer.me_url_prefix = "https://t.me/";
    answer.caption_length_max = 1024;
    answer.message_length_max = 4096;
    answer.tmp_sessions = now.cluster.options.sessions_a_key;
    answer.webfile_dc_id = now.cluster.dcs.home;
    return {encode_for(now.layer, answer), {}};
}

reply get_nearest_dc(call& now, tl::help::getNearestDc&) {
    tl::nearestDc answer;
    answer.country = "XX";
    answer.this_dc = now.dc.id;
    answer.nearest_dc = now.cluster.dcs.home;
    return {tl::encode(answer), {}};
}

reply get_cdn_config(call& now, tl::help::getCdnConfig&) {
    tl::cdnConfig answer;
    if (now.cluster.dcs.cdn) {
        tl::cdnPublicKey key;
        key.dc_id = cdn_number;
        key.public_key = now.cluster.dcs.cdn->rsa_key.key.public_key().to_pem();
        answer.public_keys.push_back(std::move(key));
    }
    return {tl::encode(answer), {}};
}

tl::jsonObjectValue entry_of(std::string key, tl::JSONValue value) {
    tl::jsonObjectValue made;
    made.key = std::move(key);
    made.value = std::move(value);
    return made;
}

tl::jsonObjectValue number_of(std::string key, double value) {
    tl::jsonNumber number;
    number.value = value;
    return entry_of(std::move(key), number);
}

// A frozen account learns here since when, until when, and where it may appeal.
reply get_app_config(call& now, tl::help::getAppConfig&) {
    tl::jsonObject all;
    const account* who = now.cluster.accounts.by_id(now.login.user);
    if (who && who->standing.is_frozen()) {
        const freeze_notice& notice = who->standing.notice();
        all.value.push_back(number_of("freeze_since_date", notice.since));
        all.value.push_back(number_of("freeze_until_date", notice.until));
        tl::jsonString url;
        url.value = notice.appeal_url;
        all.value.push_back(entry_of("freeze_appeal_url", std::move(url)));
    }
    tl::help::appConfig answer;
    answer.config = std::move(all);
    return {tl::encode(answer), {}};
}

}  // namespace

std::span<const method> help_methods() {
    static constexpr std::array all{
        entry<tl::help::getConfig, get_config>(needs::connection, true, side::both),
        entry<tl::help::getNearestDc, get_nearest_dc>(needs::connection, true, side::both),
        entry<tl::help::getCdnConfig, get_cdn_config>(needs::connection),
        entry<tl::help::getAppConfig, get_app_config>(needs::connection),
    };
    return all;
}

}  // namespace mtproto::localdc

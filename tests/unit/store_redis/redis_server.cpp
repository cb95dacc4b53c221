// Starts and kills redis-server, and makes certificates for it.
#include "unit/store_redis/redis_server.hpp"

#include "store_redis/connection.hpp"

#include <doctest/doctest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <memory>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace mtproto::test {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

int free_port() {
    const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(probe >= 0);
    ::sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::socklen_t size = sizeof at;
    REQUIRE(::bind(probe, reinterpret_cast<::sockaddr*>(&at), size) == 0);
    REQUIRE(::getsockname(probe, reinterpret_cast<::sockaddr*>(&at), &size) == 0);
    ::close(probe);
    return ntohs(at.sin_port);
}

std::string text_of(BIO* from) {
    char* text = nullptr;
    const long size = BIO_get_mem_data(from, &text);
    return {text, static_cast<std::size_t>(size)};
}

void write(const fs::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
}

}  // namespace

certified make_certificate() {
    const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const std::unique_ptr<X509, void (*)(X509*)> made(X509_new(), X509_free);
    X509_set_version(made.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
    X509_set_pubkey(made.get(), key.get());
    X509_NAME* const name = X509_get_subject_name(made.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("redis"), -1,
                               -1, 0);
    X509_set_issuer_name(made.get(), name);
    X509V3_CTX context;
    X509V3_set_ctx(&context, made.get(), made.get(), nullptr, nullptr, 0);
    for (const auto& [kind, value] : {std::pair(NID_basic_constraints, "critical,CA:TRUE"),
                                      std::pair(NID_subject_alt_name, "IP:127.0.0.1")}) {
        X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value);
        REQUIRE(extension != nullptr);
        X509_add_ext(made.get(), extension, -1);
        X509_EXTENSION_free(extension);
    }
    REQUIRE(X509_sign(made.get(), key.get(), EVP_sha256()) > 0);
    const std::unique_ptr<BIO, int (*)(BIO*)> first(BIO_new(BIO_s_mem()), BIO_free),
        second(BIO_new(BIO_s_mem()), BIO_free);
    PEM_write_bio_X509(first.get(), made.get());
    PEM_write_bio_PrivateKey(second.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    return {text_of(first.get()), text_of(second.get())};
}

redis_server::redis_server(std::string password, bool tls) : password_(std::move(password)) {
    std::string name = (fs::temp_directory_path() / "mtproto-redis-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    folder_ = name;
    write(folder_ / "key", std::string(32, 'k'));
    port_ = free_port();
    if (tls) {
        certified_ = make_certificate();
        write(folder_ / "crt", certified_.certificate);
        write(folder_ / "pem", certified_.key);
    }
    start();
}

redis_server::~redis_server() {
    kill();
    fs::remove_all(folder_);
}

void redis_server::kill() {
    if (process_ < 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    process_ = -1;
}

void redis_server::start() {
    const bool tls = !certified_.key.empty();
    const std::string port = std::to_string(port_);
    std::vector<std::string> words{"redis-server",  "--bind", "127.0.0.1", "--save",         "",
                                   "--appendonly",  "no",     "--dir",     folder_.string(), "--port",
                                   tls ? "0" : port};
    if (tls)
        for (const std::string& each :
             {std::string("--tls-port"), port, std::string("--tls-cert-file"), (folder_ / "crt").string(),
              std::string("--tls-key-file"), (folder_ / "pem").string(), std::string("--tls-ca-cert-file"),
              (folder_ / "crt").string(), std::string("--tls-auth-clients"), std::string("no")})
            words.push_back(each);
    if (!password_.empty()) words.insert(words.end(), {"--requirepass", password_});
    std::vector<char*> arguments;
    for (std::string& each : words)
        arguments.push_back(each.data());
    arguments.push_back(nullptr);
    process_ = ::fork();
    REQUIRE(process_ >= 0);
    if (process_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        const int nowhere = ::open("/dev/null", O_RDWR);
        for (int each = 0; each < 3; ++each)
            ::dup2(nowhere, each);
        ::execvp(arguments[0], arguments.data());
        ::_exit(127);
    }
    auto over = store_redis::connection::make(options()).value();
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (!over->ask({"PING"})) {
        REQUIRE_MESSAGE(std::chrono::steady_clock::now() < deadline, "redis-server does not start");
        std::this_thread::sleep_for(10ms);
    }
}

std::string redis_server::url() const {
    const std::string who = password_.empty() ? "" : ":" + password_ + "@";
    return (certified_.key.empty() ? "redis://" : "rediss://") + who + "127.0.0.1:" + std::to_string(port_);
}

redis_options redis_server::options(duration ttl) const {
    redis_options made(url());
    made.key_file = folder_ / "key";
    made.trusted_certificates = certified_.certificate;
    made.lease = lease_times(ttl);
    made.timeout = 500ms;
    return made;
}

void wait_until_old_enough(const redis_server& server, duration ttl) {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    const auto leases = redis_leases(server.options(ttl));
    while (!leases->take("anybody")) {
        REQUIRE(std::chrono::steady_clock::now() < deadline);
        std::this_thread::sleep_for(20ms);
    }
}

redis_server& shared_redis() {
    static redis_server server;
    static const bool waited = [] {
        wait_until_old_enough(server, 1s);
        return true;
    }();
    static_cast<void>(waited);
    return server;
}

}  // namespace mtproto::test

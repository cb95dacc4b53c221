// Files of other clients, as the seeds of the fuzzer have them, cut and changed; and folders.
#include "base/base64.hpp"
#include "fixtures.hpp"
#include "foreign/file.hpp"
#include "foreign/tdata_file.hpp"
#include "reading.hpp"

#include <algorithm>
#include <fstream>

using namespace mtproto;
using namespace mtproto::foreign;

namespace {

namespace fs = std::filesystem;

struct seed {
    std::string name;
    secret_bytes data;
};

std::vector<seed> seeds() {
    std::vector<seed> made;
    for (const auto& each : fs::directory_iterator(FOREIGN_SEEDS))
        if (const std::string name = each.path().filename(); !name.starts_with("part-"))
            made.push_back({name, read_file(each.path(), 1 << 20).value()});
    return made;
}

/// Has checksums over all of it.
bool notices_changes(const seed& of) {
    return of.name == "binlog";
}

/// Has the number of its key beside it.
bool proves_its_key(const seed& of) {
    return of.name == "gotd.json" || of.name == "tdl.json" || of.name == "bolt";
}

class temporary_folder {
  public:
    temporary_folder() {
        std::string name = (fs::temp_directory_path() / "foreign-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;
    ~temporary_folder() { fs::remove_all(path_); }
    const fs::path& path() const { return path_; }

    void write(const std::string& name, byte_view data) const {
        std::ofstream file(path_ / name, std::ios::binary);
        file.write(as_text(data).data(), static_cast<std::streamsize>(data.size()));
    }

  private:
    fs::path path_;
};

const std::string tdata_account_file = file_name_of("data") + "s";

struct tdata_of_mtcute : temporary_folder {
    explicit tdata_of_mtcute(std::string_view keys)
        : key_file(decode_base64(keys).value()),
          account_file(decode_base64(fixtures::tdata_account).value()) {
        write("key_datas", key_file);
        write(tdata_account_file, account_file);
    }
    secret_bytes key_file, account_file;
};

}  // namespace

TEST_CASE("every seed is a login of the same key") {
    for (const seed& each : seeds()) {
        CAPTURE(each.name);
        const auto found = read_foreign_session(each.data);
        REQUIRE_MESSAGE(found.has_value(), found.error().detail);
        REQUIRE(found->accounts.size() == 1);
        CHECK(found->accounts.front().login.home_dc == 2);
        CHECK(home_key_sha256(found->accounts.front()) ==
              home_key_sha256(read_foreign_session(seeds().front().data)->accounts.front()));
    }
}

TEST_CASE("a file that is cut has no other key") {
    for (const seed& each : seeds()) {
        CAPTURE(each.name);
        const foreign_account whole = read_foreign_session(each.data)->accounts.front();
        for (std::size_t size = 0; size < each.data.size(); ++size) {
            const auto found = read_foreign_session(byte_view(each.data).first(size));
            if (!found) continue;
            CAPTURE(size);
            CHECK(home_key(found->accounts.front()) == home_key(whole));
        }
    }
}

TEST_CASE("one changed byte of a file changes what it carries, or is refused") {
    for (const seed& each : seeds()) {
        CAPTURE(each.name);
        const foreign_account whole = read_foreign_session(each.data)->accounts.front();
        for (std::size_t at = 0; at < each.data.size(); ++at) {
            secret_bytes changed = each.data;
            changed[at] ^= std::byte{0x04};
            const auto found = read_foreign_session(changed);
            if (!found) continue;
            CAPTURE(at);
            CHECK_FALSE(notices_changes(each));
            CHECK(changed_bytes(whole, found->accounts.front()) <= (proves_its_key(each) ? 0 : 8));
        }
    }
}

TEST_CASE("tdata of Telegram Desktop: all keys, and the user") {
    const tdata_of_mtcute folder(fixtures::tdata_simple_keys);
    const auto found = read_foreign_session(folder.path());
    REQUIRE(found.has_value());
    CHECK(found->format == "tdesktop-tdata");
    REQUIRE(found->accounts.size() == 1);
    const foreign_account& made = found->accounts.front();
    CHECK(made.login.user_id == 1'787'945'512);
    CHECK(made.login.home_dc == 1);
    CHECK(made.login.dcs.size() == 4);
    CHECK_FALSE(made.test);
    CHECK(home_key_sha256(made) == "66b02c6ef613675c741ce64debfcf62896ea6c342f5eed18870223e53c389915");
    // The folder around it, and a file of it, are the same.
    CHECK(read_foreign_session(folder.path() / "key_datas").has_value());
    CHECK(read_foreign_session(folder.key_file).error().detail.find("give the folder") != std::string::npos);
}

TEST_CASE("tdata opens with its passcode alone") {
    const tdata_of_mtcute folder(fixtures::tdata_passcode_keys);
    const auto found = read_foreign_session(folder.path(), "123123");
    REQUIRE(found.has_value());
    CHECK(found->accounts.front().login.user_id == 1'787'945'512);
    CHECK(read_foreign_session(folder.path()).error().code == errc::password_needed);
    const auto wrong = read_foreign_session(folder.path(), "123124");
    CHECK(wrong.error().code == errc::password_needed);
    CHECK(wrong.error().detail.find("wrong passcode") != std::string::npos);
}

TEST_CASE("tdata that is cut or changed is refused") {
    const tdata_of_mtcute folder(fixtures::tdata_simple_keys);
    const std::pair<std::string, secret_bytes> files[] = {{"key_datas", folder.key_file},
                                                          {tdata_account_file, folder.account_file}};
    for (const auto& [name, whole] : files) {
        CAPTURE(name);
        for (std::size_t size = 0; size < whole.size(); size += size % 64 == 0 ? 1 : 7) {
            folder.write(name, byte_view(whole).first(size));
            CHECK_FALSE(read_foreign_session(folder.path()).has_value());
        }
        for (std::size_t at = 0; at < whole.size(); at += 3) {
            secret_bytes changed = whole;
            changed[at] ^= std::byte{0x20};
            folder.write(name, changed);
            CHECK_FALSE(read_foreign_session(folder.path()).has_value());
        }
        folder.write(name, whole);
    }
    fs::remove(folder.path() / tdata_account_file);
    CHECK(read_foreign_session(folder.path()).error().detail.find("nobody is logged in") !=
          std::string::npos);
}

TEST_CASE("what is encrypted in tdata has its own checksum, and a length within it") {
    const local_key key(std::array<std::byte, 256>{});
    CHECK_FALSE(decrypt_local(secret_bytes(15), key));
    CHECK_FALSE(decrypt_local(secret_bytes(16), key));
    CHECK_FALSE(decrypt_local(secret_bytes(48), key));
    CHECK_FALSE(decrypt_local(secret_bytes(49), key));

    const tdata_of_mtcute folder(fixtures::tdata_simple_keys);
    const secret_bytes body = *read_tdata_file(folder.path(), "key_data").value();
    constexpr std::size_t salt_at = 4, salt_size = 32, encrypted_at = salt_at + salt_size + 4,
                          encrypted_size = 288;
    const local_key under = passcode_key("", byte_view(body).subspan(salt_at, salt_size));
    secret_bytes encrypted(body.begin() + encrypted_at, body.begin() + encrypted_at + encrypted_size);
    CHECK(decrypt_local(encrypted, under));
    encrypted.back() ^= std::byte{1};
    CHECK_FALSE(decrypt_local(encrypted, under));

    CHECK(file_name_of("data") == "D877F783D5D3EF8C");
    CHECK(file_name_of("data#2") == "A7FDF864FBC10B77");
}

TEST_CASE("files that are none are refused in words") {
    const temporary_folder folder;
    CHECK(read_foreign_session(folder.path()).error().detail.find("no session in the folder") !=
          std::string::npos);
    CHECK(read_foreign_session(folder.path() / "absent").error().detail.find("cannot read") !=
          std::string::npos);
    CHECK(read_foreign_session(fs::path("/dev/null")).error().detail.find("not a regular file") !=
          std::string::npos);
    CHECK(refusal("\x28\xb5\x2f\xfd and more").find("zstd") != std::string::npos);
    CHECK(refusal(R"({"Version": 2, "Data": {}})").find("version 2") != std::string::npos);
    CHECK(refusal(R"({"type": "Buffer", "data": [1]})").find("give its folder") != std::string::npos);
    CHECK_FALSE(refusal(R"({"a": {"b": 1}})").empty());
    CHECK_FALSE(refusal("[1, 2]").empty());
    CHECK(refusal(R"({"Version": 1, "Data": )").find("damaged") != std::string::npos);
    CHECK_FALSE(refusal(std::string(100'000, '[')).empty());
}

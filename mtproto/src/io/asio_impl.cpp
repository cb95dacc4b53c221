// The one place where Asio's bodies are compiled.
#include <boost/asio/impl/src.hpp>

#include "script.h"

#include <algorithm>

#include "base/duration.h"
#include "promql/parse_float.h"
#include "promql/quoting.h"

namespace glint::promqltest {
namespace {

std::string_view Strip(std::string_view text) {
  const std::string_view blank = " \t\r";
  const size_t first = text.find_first_not_of(blank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

// The next word of `text`, which goes on after it.
std::string_view Word(std::string_view& text) {
  text = Strip(text);
  const size_t end = std::min(text.find_first_of(" \t"), text.size());
  const std::string_view word = text.substr(0, end);
  text = Strip(text.substr(end));
  return word;
}

bool TakePrefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool IsStartLine(std::string_view line) {
  const size_t labels_end = line.rfind('}');
  const size_t at = line.find("@st");
  if (at == std::string_view::npos) return false;
  return labels_end == std::string_view::npos || labels_end < at ||
         line.find("@st ", labels_end) != std::string_view::npos;
}

class ScriptReader {
 public:
  ScriptReader(std::string_view name, std::string_view text) : name_(name) {
    while (!text.empty()) {
      const size_t end = std::min(text.find('\n'), text.size());
      std::string_view line = Strip(text.substr(0, end));
      if (line.starts_with("#")) line = {};
      lines_.push_back(line);
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }

  StatusOr<std::vector<Command>> Run() {
    std::vector<Command> commands;
    while (next_ < lines_.size()) {
      if (lines_[next_].empty()) {
        ++next_;
        continue;
      }
      Command command;
      command.line = static_cast<int>(next_) + 1;
      const Status status = ReadCommand(command);
      if (!status.ok()) return status.At(fmt::format("{}:{}", name_, next_ + 1));
      commands.push_back(std::move(command));
    }
    return commands;
  }

 private:
  bool InBody() const { return next_ < lines_.size() && !lines_[next_].empty(); }

  Status ReadCommand(Command& command) {
    std::string_view rest = lines_[next_];
    const std::string_view word = Word(rest);
    if (word == "clear") {
      ++next_;
      return OkStatus();
    }
    if (word == "load" || word == "load_with_nhcb") {
      command.kind = Command::Kind::kLoad;
      command.with_nhcb = word == "load_with_nhcb";
      ASSIGN_OR_RETURN(command.step_ms, ParseDurationMs(rest));
      ++next_;
      return ReadLoad(command);
    }
    if (!word.starts_with("eval")) return InvalidArgument("unknown command {}", word);
    command.kind = Command::Kind::kEval;
    if (word == "eval_fail") command.expectations.push_back({Expectation::Kind::kFail});
    if (word == "eval_warn") command.expectations.push_back({Expectation::Kind::kWarn});
    if (word == "eval_info") command.expectations.push_back({Expectation::Kind::kInfo});
    command.ordered = word == "eval_ordered";
    command.range = Word(rest) == "range";
    Word(rest);  // "at" or "from"
    ASSIGN_OR_RETURN(command.start_ms, ParseDurationMs(Word(rest)));
    if (command.range) {
      Word(rest);  // "to"
      ASSIGN_OR_RETURN(command.end_ms, ParseDurationMs(Word(rest)));
      Word(rest);  // "step"
      ASSIGN_OR_RETURN(command.step_ms, ParseDurationMs(Word(rest)));
    }
    command.query = rest;
    ++next_;
    return ReadExpectations(command);
  }

  Status ReadLoad(Command& command) {
    std::vector<Item> starts;
    for (; InBody(); ++next_) {
      const std::string_view line = lines_[next_];
      const bool offsets = IsStartLine(line);
      ASSIGN_OR_RETURN(Series series, ReadSeries(line, offsets));
      if (offsets) {
        starts = std::move(series.items);
        continue;
      }
      for (size_t i = 0; i < std::min(starts.size(), series.items.size()); ++i) {
        series.items[i].has_start = starts[i].has_start;
        series.items[i].start_offset = starts[i].start_offset;
      }
      starts.clear();
      const auto same = std::find_if(command.series.begin(), command.series.end(),
                                     [&](const Series& s) { return s.labels == series.labels; });
      if (same != command.series.end()) {
        *same = std::move(series);
      } else {
        command.series.push_back(std::move(series));
      }
    }
    return OkStatus();
  }

  static Status ReadExpect(std::string_view text, Command& command) {
    struct Name {
      std::string_view text;
      Expectation::Kind kind;
    };
    static constexpr Name kNames[] = {{"fail", Expectation::Kind::kFail},
                                      {"warn", Expectation::Kind::kWarn},
                                      {"info", Expectation::Kind::kInfo},
                                      {"no_warn", Expectation::Kind::kNoWarn},
                                      {"no_info", Expectation::Kind::kNoInfo}};
    std::string_view rest = text;
    const std::string_view word = Word(rest);
    if (word == "ordered") {
      command.ordered = true;
      return OkStatus();
    }
    if (word == "string") {
      ASSIGN_OR_RETURN(command.string, promql::Unquote(rest));
      return OkStatus();
    }
    if (word == "range") {
      Command::Grid grid;
      Word(rest);  // "vector"
      Word(rest);  // "from"
      ASSIGN_OR_RETURN(grid.start_ms, ParseDurationMs(Word(rest)));
      Word(rest);  // "to"
      ASSIGN_OR_RETURN(grid.end_ms, ParseDurationMs(Word(rest)));
      Word(rest);  // "step"
      ASSIGN_OR_RETURN(grid.step_ms, ParseDurationMs(Word(rest)));
      command.range_vector = grid;
      return OkStatus();
    }
    for (const Name& name : kNames) {
      if (name.text != word) continue;
      Expectation expectation;
      expectation.kind = name.kind;
      if (TakePrefix(rest, "msg:")) expectation.match = Expectation::Match::kText;
      if (TakePrefix(rest, "regex:")) expectation.match = Expectation::Match::kRegex;
      expectation.text = Strip(rest);
      command.expectations.push_back(std::move(expectation));
      return OkStatus();
    }
    return InvalidArgument("unknown expectation {}", text);
  }

  Status ReadExpectations(Command& command) {
    for (; InBody(); ++next_) {
      std::string_view line = lines_[next_];
      if (TakePrefix(line, "expect ")) {
        RETURN_IF_ERROR(ReadExpect(line, command));
      } else if (TakePrefix(line, "expected_fail_message ")) {
        command.expectations = {
            {Expectation::Kind::kFail, Expectation::Match::kText, std::string(Strip(line))}};
      } else if (TakePrefix(line, "expected_fail_regexp ")) {
        command.expectations = {
            {Expectation::Kind::kFail, Expectation::Match::kRegex, std::string(Strip(line))}};
      } else if (const auto number = promql::ParseFloat(line)) {
        command.scalar = *number;
      } else {
        ASSIGN_OR_RETURN(Series series, ReadSeries(line, /*offsets=*/false));
        command.series.push_back(std::move(series));
      }
    }
    return OkStatus();
  }

  const std::string_view name_;
  std::vector<std::string_view> lines_;
  size_t next_ = 0;
};

}  // namespace

StatusOr<std::vector<Command>> ReadScript(std::string_view name, std::string_view text) {
  return ScriptReader(name, text).Run();
}

}  // namespace glint::promqltest

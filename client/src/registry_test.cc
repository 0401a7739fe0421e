#include "glint/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "glint/exposition.h"

namespace glint {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class RegistryTest : public ::testing::Test {
 protected:
  std::string Page() const { return Serialize(registry_, ExpositionFormat::kText004).body; }

  std::vector<std::string> errors_;
  Registry registry_{{}, [this](const std::string& error) { errors_.push_back(error); }};
};

// A bad name is found where it is written and not by the scraper at night.
TEST_F(RegistryTest, RefusesNamesThatNoScraperTakes) {
  registry_.AddGauge("1st", "");
  registry_.AddGauge("no-dash", "");
  registry_.AddGauge("", "");
  registry_.AddGauge("g", "", {"a:b"});
  registry_.AddGauge("g", "", {"__name__"});
  registry_.AddGauge("g", "", {"a", "a"});
  registry_.AddGauge("g", "", {"a"}, {"", {{"a", "1"}}});
  registry_.AddHistogram("h", "", {"le"});
  registry_.AddGauge("g_size", "", {}, {"bytes", {}});
  EXPECT_THAT(errors_, SizeIs(9));
  EXPECT_THAT(errors_[1], HasSubstr("\"no-dash\""));
  EXPECT_THAT(errors_[8], HasSubstr("has to end with _bytes"));
  EXPECT_THAT(Page(), IsEmpty());
}

TEST_F(RegistryTest, RefusesBoundsThatDoNotAscend) {
  registry_.AddHistogram("h", "", {}, {{1, 2, 2}, {}}).With()->Observe(1);
  registry_.AddHistogram("i", "", {}, {{1, NAN}, {}});
  EXPECT_THAT(errors_, ElementsAre(HasSubstr("2 follows 2"), HasSubstr("NaN")));
}

// A library and its user both may register what they share.
TEST_F(RegistryTest, SameFamilyTwiceIsOne) {
  auto& first = registry_.AddCounter("jobs", "", {"kind"});
  auto& second = registry_.AddCounter("jobs_total", "", {"kind"});
  EXPECT_EQ(&first, &second);
  EXPECT_THAT(errors_, IsEmpty());
}

TEST_F(RegistryTest, RefusesANameThatAnotherFamilyExposes) {
  registry_.AddHistogram("h", "");
  auto& clash = registry_.AddGauge("h_count", "");
  clash.With()->Set(1);  // Works, and is not exposed.
  registry_.AddCounter("h", "", {"other"});
  registry_.AddGaugeCallback("c", "", [] { return 1.0; });
  registry_.AddGaugeCallback("c", "", [] { return 2.0; });
  EXPECT_THAT(errors_, ElementsAre(HasSubstr("\"h_count\" is already exposed by \"h\""),
                                   HasSubstr("\"h\" is already"), HasSubstr("\"c\" is already")));
  EXPECT_THAT(Page(), Not(HasSubstr("h_count 1")));
}

TEST_F(RegistryTest, ARemovedChildIsGoneAndMayStillBeUsed) {
  auto& family = registry_.AddCounter("jobs", "", {"kind"});
  const auto mail = family.With("mail");
  family.With("web")->Increment();
  EXPECT_TRUE(family.Remove("mail"));
  EXPECT_FALSE(family.Remove("mail"));
  mail->Increment();
  EXPECT_THAT(Page(), Not(HasSubstr("mail")));
  EXPECT_THAT(Page(), HasSubstr("web"));
  EXPECT_EQ(family.With("mail")->Value(), 0);
}

TEST_F(RegistryTest, AWrongNumberOfValuesIsNotExposed) {
  registry_.AddGauge("g", "", {"a", "b"}).With("1")->Set(5);
  EXPECT_THAT(Page(), Not(HasSubstr("5")));
}

TEST(CounterTest, OnlyGrows) {
  Counter counter;
  counter.Increment();
  counter.Add(2.5);
  counter.Add(-1);
  counter.Add(-1.0);
  counter.Add(NAN);
  counter.Add(3);
  EXPECT_EQ(counter.Value(), 6.5);
}

TEST(GaugeTest, GoesBothWays) {
  Gauge gauge;
  gauge.Increment();
  gauge.Add(2);
  gauge.Subtract(4.5);
  EXPECT_EQ(gauge.Value(), -1.5);
  gauge.Set(7);
  gauge.Decrement();
  EXPECT_EQ(gauge.Value(), 6);
}

}  // namespace
}  // namespace glint

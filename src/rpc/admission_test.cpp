// SPDX-License-Identifier: Apache-2.0
#include "rpc/admission.hpp"

#include <gtest/gtest.h>

namespace jiffy::rpc
{
namespace
{
constexpr AdmissionLimits limits{.longest_wait = 8'000, .patience = 50'000, .capacity = 1'000};

TEST(Admission, lets_a_burst_in)
{
    Admission admission{limits};
    for (std::size_t waiting = 0; waiting < 1'000; ++waiting)
        EXPECT_TRUE(admission.admits(waiting, waiting * 50, waiting * 49));
    EXPECT_FALSE(admission.admits(1'000, 50'000, 49'000)) << "but has a bound";
    EXPECT_FALSE(admission.admits(10, 50'001, 49'000)) << "in time, too";
}

TEST(Admission, cuts_a_queue_that_stays_long)
{
    Admission admission{limits};
    EXPECT_TRUE(admission.admits(200, 10'000, 0));
    EXPECT_TRUE(admission.admits(900, 45'000, 49'999));
    EXPECT_FALSE(admission.admits(900, 45'000, 50'000));
    EXPECT_FALSE(admission.admits(161, 8'001, 60'000));
    EXPECT_TRUE(admission.admits(160, 8'000, 60'001)) << "as many as can be done in time";
    EXPECT_FALSE(admission.admits(161, 8'050, 60'002)) << "and no second burst";
}

TEST(Admission, forgets_an_overload_that_is_over)
{
    Admission admission{limits};
    EXPECT_TRUE(admission.admits(200, 10'000, 0));
    EXPECT_FALSE(admission.admits(200, 10'000, 50'000));
    EXPECT_TRUE(admission.admits(80, 4'000, 60'000));
    EXPECT_FALSE(admission.admits(200, 10'000, 60'001)) << "it had only stopped for a moment";
    EXPECT_TRUE(admission.admits(0, 0, 70'000));
    EXPECT_TRUE(admission.admits(80, 4'000, 110'001));
    EXPECT_TRUE(admission.admits(200, 10'000, 110'002)) << "a new burst";
    EXPECT_TRUE(admission.admits(200, 10'000, 160'001));
    EXPECT_FALSE(admission.admits(200, 10'000, 160'002));
}

TEST(Admission, takes_two_bursts_for_two)
{
    Admission admission{limits};
    EXPECT_TRUE(admission.admits(200, 10'000, 0));
    EXPECT_TRUE(admission.admits(100, 5'000, 30'000));
    EXPECT_TRUE(admission.admits(200, 10'000, 51'000));
}
}  // namespace
}  // namespace jiffy::rpc

// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

/// As GoogleTest's own main, but passing with skipped tests is 77, which ctest reports as skipped, not as passed.
int main(int argument_count, char** arguments)
{
    constexpr int skipped = 77;
    testing::InitGoogleTest(&argument_count, arguments);
    const int result = RUN_ALL_TESTS();
    return result == 0 && testing::UnitTest::GetInstance()->skipped_test_count() > 0 ? skipped : result;
}

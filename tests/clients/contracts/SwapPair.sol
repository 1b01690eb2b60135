// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// Two tokens and a market of constant product between them, all in one contract. Anybody may credit anybody: it is
/// for load, and worth nothing.
contract SwapPair {
    event Swap(address indexed trader, bool zeroForOne, uint256 amountIn, uint256 amountOut);

    uint256 public reserve0;
    uint256 public reserve1;
    mapping(address => uint256) public balance0;
    mapping(address => uint256) public balance1;

    constructor(uint256 liquidity) {
        reserve0 = liquidity;
        reserve1 = liquidity;
    }

    function credit(address[] calldata holders, uint256 amount) external {
        for (uint256 i = 0; i < holders.length; i++) {
            balance0[holders[i]] += amount;
            balance1[holders[i]] += amount;
        }
    }

    function swap(bool zeroForOne, uint256 amountIn, uint256 minimumOut) external returns (uint256 amountOut) {
        (uint256 reserveIn, uint256 reserveOut) = zeroForOne ? (reserve0, reserve1) : (reserve1, reserve0);
        uint256 taxed = amountIn * 997;
        amountOut = taxed * reserveOut / (reserveIn * 1000 + taxed);
        require(amountOut >= minimumOut, "too little out");
        if (zeroForOne) {
            balance0[msg.sender] -= amountIn;
            balance1[msg.sender] += amountOut;
            (reserve0, reserve1) = (reserveIn + amountIn, reserveOut - amountOut);
        } else {
            balance1[msg.sender] -= amountIn;
            balance0[msg.sender] += amountOut;
            (reserve1, reserve0) = (reserveIn + amountIn, reserveOut - amountOut);
        }
        emit Swap(msg.sender, zeroForOne, amountIn, amountOut);
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What this chain knows of L1
/// @notice The OP Stack's L1Block predeploy as Isthmus has it, which the npm package of the OP Stack's contracts does
///         not hold. The first transaction of every block sets it.
contract L1Block {
    /// @notice Sender of the first transaction of every block.
    address public constant DEPOSITOR_ACCOUNT = 0xDeaDDEaDDeAdDeAdDEAdDEaddeAddEAdDEAd0001;

    /// @notice Semantic version.
    string public constant version = "1.6.0";

    // The node charges by what it finds in these slots: their layout is part of the protocol.
    uint64 public number;
    uint64 public timestamp;
    uint256 public basefee;
    bytes32 public hash;
    uint64 public sequenceNumber;
    uint32 public blobBaseFeeScalar;
    uint32 public baseFeeScalar;
    bytes32 public batcherHash;
    uint256 public l1FeeOverhead;
    uint256 public l1FeeScalar;
    uint256 public blobBaseFee;
    uint64 public operatorFeeConstant;
    uint32 public operatorFeeScalar;

    error NotDepositor();

    /// @notice Sets everything. The values follow the selector without padding:
    ///         4 baseFeeScalar, 4 blobBaseFeeScalar, 8 sequenceNumber, 8 timestamp, 8 number, 32 basefee,
    ///         32 blobBaseFee, 32 hash, 32 batcherHash, 4 operatorFeeScalar, 8 operatorFeeConstant bytes.
    function setL1BlockValuesIsthmus() external {
        if (msg.sender != DEPOSITOR_ACCOUNT) revert NotDepositor();
        baseFeeScalar = uint32(bytes4(msg.data[4:8]));
        blobBaseFeeScalar = uint32(bytes4(msg.data[8:12]));
        sequenceNumber = uint64(bytes8(msg.data[12:20]));
        timestamp = uint64(bytes8(msg.data[20:28]));
        number = uint64(bytes8(msg.data[28:36]));
        basefee = uint256(bytes32(msg.data[36:68]));
        blobBaseFee = uint256(bytes32(msg.data[68:100]));
        hash = bytes32(msg.data[100:132]);
        batcherHash = bytes32(msg.data[132:164]);
        operatorFeeScalar = uint32(bytes4(msg.data[164:168]));
        operatorFeeConstant = uint64(bytes8(msg.data[168:176]));
    }

    /// @notice Gas is paid in ether, for which the OP Stack has an address of its own.
    function gasPayingToken() external pure returns (address token, uint8 decimals) {
        return (0xEeeeeEeeeEeEeeEeEeEeeEEEeeeeEeeeeeeeEEeE, 18);
    }

    function gasPayingTokenName() external pure returns (string memory) {
        return "Ether";
    }

    function gasPayingTokenSymbol() external pure returns (string memory) {
        return "ETH";
    }

    function isCustomGasToken() external pure returns (bool) {
        return false;
    }
}

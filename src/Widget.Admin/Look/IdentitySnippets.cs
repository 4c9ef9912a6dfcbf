namespace Widget.Admin.Look;

/// <summary>How a server computes the proof of a visitor's identity: HMAC-SHA256 of the id, in lower-case hexadecimal digits.</summary>
public static class IdentitySnippets
{
    public static IReadOnlyList<(string Name, string Code)> All { get; } =
    [
        ("Node.js", """
            const { createHmac } = require('node:crypto');
            const hash = createHmac('sha256', process.env.CHAT_IDENTITY_SECRET)
              .update(String(user.id)).digest('hex');
            """),
        ("PHP", "$hash = hash_hmac('sha256', (string) $user->id, getenv('CHAT_IDENTITY_SECRET'));"),
        ("Python", """
            import hashlib, hmac, os

            secret = os.environ["CHAT_IDENTITY_SECRET"].encode()
            hash = hmac.new(secret, str(user.id).encode(), hashlib.sha256).hexdigest()
            """),
        ("Ruby", """
            require "openssl"

            hash = OpenSSL::HMAC.hexdigest("SHA256", ENV.fetch("CHAT_IDENTITY_SECRET"), user.id.to_s)
            """),
        ("C#", """
            var secret = Encoding.UTF8.GetBytes(Environment.GetEnvironmentVariable("CHAT_IDENTITY_SECRET")!);
            var hash = Convert.ToHexStringLower(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(user.Id)));
            """),
        ("Go", """
            mac := hmac.New(sha256.New, []byte(os.Getenv("CHAT_IDENTITY_SECRET")))
            mac.Write([]byte(user.ID))
            hash := hex.EncodeToString(mac.Sum(nil))
            """),
        ("Java", """
            Mac mac = Mac.getInstance("HmacSHA256");
            byte[] secret = System.getenv("CHAT_IDENTITY_SECRET").getBytes(StandardCharsets.UTF_8);
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            String hash = HexFormat.of().formatHex(mac.doFinal(user.getId().getBytes(StandardCharsets.UTF_8)));
            """),
    ];

    public const string Identify =
        "Widget.identify({ id: '42', name: 'Ada', email: 'ada@example.com', hash: '…' })";

    public const string Reset = "Widget.reset()";
}

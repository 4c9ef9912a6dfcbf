using System.Text.Json.Nodes;

namespace Widget.Simulators.Tavus;

/// <summary>Stock objects of every account: replicas, a persona and voices. There are enough replicas for more than one page.</summary>
internal static class Stock
{
    public const string Persona = "p5d11710002a";

    public static readonly (string Name, string Replica, string Tag)[] Voices =
    [
        ("anna", TavusEndpoints.Replica, "female"), ("benjamin", "r000000000001", "male"), ("carlotta", "r000000000002", "female"), (
            "dmitri",
            "r000000000003",
            "male"),
    ];

    public static void Fill(SimulatedAccount account)
    {
        account.Replicas.Put(TavusEndpoints.Replica, Replica(TavusEndpoints.Replica, "Anna", "user", "completed"));
        for (var number = 1; number <= 12; number++)
        {
            var id = $"r{number:D12}";
            account.Replicas.Put(id, Replica(id, $"Stock {number}", "system", "completed"));
        }

        account.Personas.Put(Persona, new JsonObject
        {
            ["persona_id"] = Persona,
            ["persona_name"] = "Friendly host",
            ["persona_type"] = "system",
            ["system_prompt"] = "You welcome people.",
            ["pipeline_mode"] = "full",
            ["default_replica_id"] = TavusEndpoints.Replica,
            ["created_at"] = "2026-01-01T00:00:00Z",
            ["updated_at"] = "2026-01-01T00:00:00Z",
        });
    }

    public static JsonObject Replica(string id, string? name, string type, string status) => new()
    {
        ["replica_id"] = id,
        ["replica_name"] = name,
        ["thumbnail_video_url"] = $"https://cdn.replica.tavus.example/{id}/thumbnail.mp4",
        ["training_progress"] = status == "completed" ? "100/100" : "0/100",
        ["status"] = status,
        ["error_message"] = null,
        ["replica_type"] = type,
        ["model_name"] = "phoenix-4",
        ["created_at"] = SimulatedTavus.Now(),
        ["updated_at"] = SimulatedTavus.Now(),
    };
}

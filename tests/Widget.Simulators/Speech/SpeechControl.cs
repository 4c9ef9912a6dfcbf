namespace Widget.Simulators.Speech;

/// <summary>Endpoints with which tests control the simulated voices and read their state.</summary>
internal static class SpeechControl
{
    public static void MapSpeech(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenAISpeech();
        routes.MapElevenLabsSpeech();
        var control = routes.MapGroup("/control/speech");
        control.MapPut("/", (SpeechSwitches switches, SpeechBehavior behavior) => behavior.Set(switches));
        control.MapGet("/requests", (SpeechBehavior behavior) => behavior.Requests);
        control.MapGet("/counts", (SpeechBehavior behavior) => behavior.Counts);
    }
}

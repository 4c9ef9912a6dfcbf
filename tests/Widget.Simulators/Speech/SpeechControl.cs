namespace Widget.Simulators.Speech;

/// <summary>How tests drive the simulated voices, and see what came of it.</summary>
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
